"""What scripted models of all frameworks ask for: invalid arguments first, and then valid ones."""

LIST = "list_all_connect_wise_psa_tickets"
INVALID = {"pageSize": 0}
VALID = {"pageSize": 1, "fields": "id"}
