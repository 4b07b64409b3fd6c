"""Events: built, validated and serialised."""
