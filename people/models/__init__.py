from people.models.device import Device as Device
