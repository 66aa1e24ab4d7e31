"""The library: database, blobs and the codec between nouns and bytes."""
