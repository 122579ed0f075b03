"""GS1's identifiers: check digits, application identifiers, Digital Link."""
