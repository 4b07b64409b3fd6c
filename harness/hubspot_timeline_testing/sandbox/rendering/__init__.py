"""Events as the CRM shows them: templates with values, as safe HTML."""
