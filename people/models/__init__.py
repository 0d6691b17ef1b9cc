from people.models.device import Device as Device
from people.models.factor import EnrolmentCode as EnrolmentCode
from people.models.factor import FactorReset as FactorReset
from people.models.factor import TotpUse as TotpUse
