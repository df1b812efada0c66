"""The frozen vocabulary that every other part speaks. docs/glossary.md defines each word once."""
