"""Reports: what runs took and cost, told afterwards or before they begin."""
