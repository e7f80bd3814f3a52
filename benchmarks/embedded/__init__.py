"""The product on its embedded engines, beside the sequential design on the same ones."""
