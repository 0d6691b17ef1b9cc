"""Charges, "invoices v2": boleto, boleto with Pix, Pix QR, and boletos in instalments."""
