"""The conformance run: does an engine do what the tool takes for granted of every engine?"""
