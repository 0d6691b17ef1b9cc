"""«Aplicativo do banco», under /app of each bank: what the holder of an account sees and decides.

A bank says how it is called and what it does (`visits.BankApp`); the pages that all banks have are
here, and a bank's own ones are guarded by `BankApp.signed_in`.
"""
