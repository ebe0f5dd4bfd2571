"""Checks every digest of an OCI image layout in a tar archive, and unpacks its layers into a folder.

    python unpack_image.py IMAGE.tar FOLDER

Prints the configuration of the image as JSON.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile


def main(path, folder):
    with tarfile.open(path) as layout:
        read = lambda name: layout.extractfile(name).read()
        assert json.loads(read("oci-layout")) == {"imageLayoutVersion": "1.0.0"}

        def blob(descriptor):
            algorithm, digest = descriptor["digest"].split(":")
            data = read(f"blobs/{algorithm}/{digest}")
            assert hashlib.new(algorithm, data).hexdigest() == digest, digest
            assert len(data) == descriptor["size"], digest
            return data

        (descriptor,) = json.loads(read("index.json"))["manifests"]
        manifest = json.loads(blob(descriptor))
        config = json.loads(blob(manifest["config"]))
        assert config["os"] == descriptor["platform"]["os"] == "linux"
        difference = config["rootfs"]["diff_ids"]
        assert len(difference) == len(manifest["layers"])
        for descriptor, expected in zip(manifest["layers"], difference):
            layer = gzip.decompress(blob(descriptor))
            assert f"sha256:{hashlib.sha256(layer).hexdigest()}" == expected
            with tarfile.open(fileobj=io.BytesIO(layer)) as files:
                # The loader and the folder of the user must have the owners and permissions of the image.
                files.extractall(folder, numeric_owner=True, filter="fully_trusted")
        print(json.dumps(config["config"]))


main(*sys.argv[1:])
