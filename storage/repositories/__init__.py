"""What the store does, by concern; `storage.store.Store` is all of them."""
