"""The process of a contender inside a web application: its routes call the target through the contender's client."""
