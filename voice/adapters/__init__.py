"""One file a provider. Adapters import ``voice``; ``voice`` never imports an adapter."""
