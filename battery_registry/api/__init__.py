"""The JSON face: blueprints under /api/v1 and the machine addresses."""
