"""Process of a contender inside a web application, whose routes call the target through the contender's client."""
