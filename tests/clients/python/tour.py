"""Tests the sandbox with pyconnectwise, a third-party client: everything that works with a real server must also
work here. The client supports only HTTPS. The server's address, the keys and the certificate to trust come from environment
variables; `cargo xtask test --clients` starts a server and sets them. To run the test yourself:

    cwpsa-sandbox --tls ~/sandbox-tls
    REQUESTS_CA_BUNDLE=~/sandbox-tls/cert.pem python tour.py
"""

import base64
import hashlib
import hmac
import json
import os
import queue
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from pyconnectwise import ConnectWiseManageAPIClient
from pyconnectwise.exceptions import AuthenticationFailedException, MalformedRequestException, NotFoundException

HOST = os.environ.get("SANDBOX_HOST", "127.0.0.1:9090")
COMPANY = os.environ.get("SANDBOX_COMPANY", "acme")
PUBLIC_KEY = os.environ.get("SANDBOX_PUBLIC_KEY", "public")
PRIVATE_KEY = os.environ.get("SANDBOX_PRIVATE_KEY", "private")


def client(private_key=PRIVATE_KEY):
    # No codebase is given, so the client asks the server for it.
    return ConnectWiseManageAPIClient(
        company_name=COMPANY, manage_url=HOST, client_id="tour", public_key=PUBLIC_KEY, private_key=private_key
    )


class Receiver(BaseHTTPRequestHandler):
    """Receives callbacks."""

    posts: queue.Queue = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.posts.put((self.path, self.headers["x-content-signature"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Tour(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cwm = client()
        run = format(time.time_ns(), "x")
        cls.company = cls.cwm.company.companies.post(
            data={"identifier": f"py{run}", "name": f'Python\'s "tour" {run}', "addressLine1": "1 Road"}
        )
        cls.tickets = []
        for number in range(1, 8):
            summary = f'Disk "C:\\" is full ({number})' if number % 2 else f"Printer's jam ({number})"
            cls.tickets.append(
                cls.cwm.service.tickets.post(data={"summary": summary, "company": {"id": cls.company.id}})
            )
        cls.mine = f"company/id={cls.company.id}"

    @classmethod
    def tearDownClass(cls):
        for ticket in cls.tickets:
            cls.cwm.service.tickets.id(ticket.id).delete()

    def test_the_codebase_is_discovered(self):
        self.assertEqual(self.cwm.codebase, "v2025_1/")

    def test_wrong_keys_are_refused(self):
        with self.assertRaises(AuthenticationFailedException):
            client("wrong").service.tickets.get()

    def test_a_list_takes_conditions(self):
        found = self.cwm.service.tickets.get(
            params={"conditions": self.mine + ' and summary contains "DISK \\"C:\\\\\\" is"', "orderBy": "id desc"}
        )
        self.assertEqual([ticket.id for ticket in found], [self.tickets[at].id for at in (6, 4, 2, 0)])
        found = self.cwm.service.tickets.get(params={"conditions": self.mine + " and summary like 'Printer\\'s%'"})
        self.assertEqual(len(found), 3)
        with self.assertRaises(MalformedRequestException):
            self.cwm.service.tickets.get(params={"conditions": "nothing = 1"})

    def test_a_count_counts_what_the_list_shows(self):
        self.assertEqual(self.cwm.service.tickets.count.get(params={"conditions": self.mine}).count, 7)

    def test_the_client_pages_to_the_end(self):
        for size in (3, 7, 100):
            pages = self.cwm.service.tickets.paginated(1, size, {"conditions": self.mine, "orderBy": "id asc"})
            found = [ticket.id for ticket in pages.all()]
            self.assertEqual(found, [ticket.id for ticket in self.tickets], f"pages of {size}")

    def test_a_patch_changes_a_record(self):
        one = self.cwm.service.tickets.id(self.tickets[1].id)
        changed = one.patch(data=[{"op": "replace", "path": "summary", "value": "Käse"}])
        self.assertEqual(changed.summary, "Käse")
        self.assertEqual(one.get().summary, "Käse")

    def test_a_deleted_record_is_gone(self):
        extra = self.cwm.service.tickets.post(data={"summary": "Extra", "company": {"id": self.company.id}})
        one = self.cwm.service.tickets.id(extra.id)
        one.delete()
        with self.assertRaises(NotFoundException):
            one.get()

    def test_callbacks_arrive_signed(self):
        receiver = HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        ticket = self.tickets[0]
        callback = self.cwm.system.callbacks.post(
            data={
                "url": f"http://127.0.0.1:{receiver.server_port}/hook?recordId=",
                "type": "ticket",
                "level": "ticket",
                "objectId": ticket.id,
            }
        )
        self.addCleanup(self.cwm.system.callbacks.id(callback.id).delete)
        patch = [{"op": "replace", "path": "summary", "value": "Zoë’s disk"}]
        self.cwm.service.tickets.id(ticket.id).patch(data=patch)
        path, signature, body = Receiver.posts.get(timeout=10)
        self.assertEqual(path, f"/hook?recordId={ticket.id}&action=updated")
        content = json.loads(body)
        self.assertEqual(json.loads(content["Entity"])["id"], ticket.id)
        # The client has no helper for this; the documented way, with Python's own libraries.
        key = requests.get(content["Metadata"]["key_url"], timeout=5).json()["signing_key"]
        digest = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).digest()
        self.assertTrue(hmac.compare_digest(base64.b64encode(digest).decode(), signature))


if __name__ == "__main__":
    unittest.main()
