def wear(p,b): return []
