"""How a teen's days are cut, and every change of it (product.md section 2, algebra.md A20)."""
