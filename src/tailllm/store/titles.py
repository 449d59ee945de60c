"""What the ledger's columns of names are called where people read them."""

TITLES = {
    "format": "format",
    "status": "status",
    "state": "state",
    "operation": "operation_name",
    "provider": "provider_name",
    "model": "model",
    "prompt": "prompt",
    "prompt_name": "prompt_name",
    "prompt_version": "prompt_version",
    "finish": "finish_reason",
    "error": "error",
    "host": "host",
    "route": "route",
}
