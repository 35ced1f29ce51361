"""The self-test: can this machine be trusted today, and how finely does it tell two clients apart?"""
