"""The local stack itself, proven with a small CDK app that has every kind of part that Commonweal has."""
