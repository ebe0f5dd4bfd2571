"""The calls that the scripted models make in all frameworks: first with invalid arguments, then with valid ones."""

LIST = "list_all_connect_wise_psa_tickets"
INVALID = {"pageSize": 0}
VALID = {"pageSize": 1, "fields": "id"}
