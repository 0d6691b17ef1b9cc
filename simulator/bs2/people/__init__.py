"""BS2 Empresas and the consent page: what people see."""
