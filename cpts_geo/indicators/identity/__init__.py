"""Who a territory is: its number, its size for the contract (ACI), the zones it lies in."""
