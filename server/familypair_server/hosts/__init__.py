"""Host apps: which teens have bound them, on which devices (product.md section 11)."""
