"""The scripts that write the pages, schemas and pictures of this folder."""
