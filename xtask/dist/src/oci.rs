//! Builds the container image, as a tar archive with the OCI image layout. No daemon is needed.
//!
//! The image contains the binary, the libraries that it links, their licenses and the CA certificates, but no shell and
//! no package manager. Libraries and certificates are copied from the build machine.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};

use crate::archive::{ArchiveEntry, gzip, tar};
use crate::artifact::{
    Artifact, IMAGE, LICENSE, MCP_NAME, REPOSITORY, ReleaseBinary, SUMMARY, VERSION, licenses,
};
use crate::digest::sha256_hex;
use crate::elf::ElfNeeds;

/// The server's user and group ID, which are common in minimal images.
const USER: u32 = 65532;
/// The CA bundle.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Debian packages with the licenses of the copied files.
const COPYRIGHTS: [&str; 3] = ["libc6", "libgcc-s1", "ca-certificates"];
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// A blob in the layout.
struct ImageBlob {
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl ImageBlob {
    fn digest(&self) -> String {
        sha256_hex(&self.bytes)
    }

    fn descriptor(&self) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": format!("sha256:{}", self.digest()),
            "size": self.bytes.len(),
        })
    }
}

/// Builds the image for a Linux binary; returns `None` for other platforms.
pub(crate) fn image(binary: &ReleaseBinary) -> anyhow::Result<Option<Artifact>> {
    let Some(architecture) = binary.platform.image else { return Ok(None) };
    let created = rfc_3339(binary.epoch);
    // Rarely changing files come first, so registries and hosts share them between releases.
    let layers = [tar(&system_files(binary)?, binary.epoch)?, tar(&program_files(binary)?, binary.epoch)?];
    let config = json!({
        "created": created,
        "architecture": architecture,
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "ExposedPorts": {"8080/tcp": {}},
            "Env": [
                "PATH=/usr/bin",
                "HOME=/data",
                format!("SSL_CERT_FILE={CERTIFICATES}"),
                "CWPSA_LISTEN=0.0.0.0:8080"
            ],
            "Entrypoint": ["/usr/bin/cwpsa"],
            "Cmd": ["serve"],
            "WorkingDir": "/data",
            "Labels": labels(&created)
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": layers.iter().map(|layer| format!("sha256:{}", sha256_hex(layer))).collect::<Vec<_>>()
        },
        "history": [
            {"created": created, "created_by": "cargo xtask dist", "comment": "libraries and certificates"},
            {"created": created, "created_by": "cargo xtask dist", "comment": format!("cwpsa {VERSION}")}
        ]
    });
    let mut blobs = vec![ImageBlob { media_type: CONFIG, bytes: serde_json::to_vec(&config)? }];
    for layer in &layers {
        blobs.push(ImageBlob { media_type: LAYER, bytes: gzip(layer)? });
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": blobs[0].descriptor(),
        "layers": blobs[1..].iter().map(ImageBlob::descriptor).collect::<Vec<_>>(),
        "annotations": labels(&created)
    });
    blobs.push(ImageBlob { media_type: MANIFEST, bytes: serde_json::to_vec(&manifest)? });
    let mut descriptor = blobs.last().context("the manifest is a blob")?.descriptor();
    descriptor["platform"] = json!({"architecture": architecture, "os": "linux"});
    descriptor["annotations"] = json!({
        "org.opencontainers.image.ref.name": VERSION,
        "io.containerd.image.name": format!("{IMAGE}:{VERSION}")
    });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [descriptor]
    });
    let mut files = vec![
        ArchiveEntry::file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#),
        ArchiveEntry::file("index.json", serde_json::to_vec(&index)?),
        ArchiveEntry::directory("blobs", 0o755, 0),
        ArchiveEntry::directory("blobs/sha256", 0o755, 0),
    ];
    for blob in blobs {
        files.push(ArchiveEntry::file(format!("blobs/sha256/{}", blob.digest()), blob.bytes));
    }
    let name = format!("cwpsa-{VERSION}-image-linux-{architecture}.tar");
    Ok(Some(Artifact::new(name, tar(&files, binary.epoch)?)))
}

fn labels(created: &str) -> Value {
    json!({
        "io.modelcontextprotocol.server.name": MCP_NAME,
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.description": SUMMARY,
        "org.opencontainers.image.licenses": LICENSE,
        "org.opencontainers.image.source": REPOSITORY,
        "org.opencontainers.image.title": "cwpsa",
        "org.opencontainers.image.version": VERSION
    })
}

fn program_files(binary: &ReleaseBinary) -> anyhow::Result<Vec<ArchiveEntry>> {
    let mut files = vec![ArchiveEntry::program("usr/bin/cwpsa", binary.bytes.clone())];
    files.extend(licenses()?.into_iter().map(|entry| entry.below("usr/share/doc/cwpsa")));
    Ok(with_folders(files))
}

fn system_files(binary: &ReleaseBinary) -> anyhow::Result<Vec<ArchiveEntry>> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("can't read {}", path.display()));
    let inside = |path: &Path| path.to_string_lossy().trim_start_matches('/').to_owned();
    let users = format!("root:x:0:0:root:/:/sbin/nologin\ncwpsa:x:{USER}:{USER}:cwpsa:/data:/sbin/nologin\n");
    let mut files = vec![
        ArchiveEntry::file("etc/passwd", users),
        ArchiveEntry::file("etc/group", format!("root:x:0:\ncwpsa:x:{USER}:\n")),
        ArchiveEntry::file("etc/nsswitch.conf", "hosts: files dns\n"),
        ArchiveEntry::file(inside(Path::new(CERTIFICATES)), read(Path::new(CERTIFICATES))?),
        ArchiveEntry::directory("data", 0o700, USER),
        ArchiveEntry::directory("tmp", 0o1777, 0),
    ];
    for path in libraries(binary)? {
        files.push(ArchiveEntry::program(inside(&path), read(&path)?));
    }
    for package in COPYRIGHTS {
        let path = PathBuf::from(format!("/usr/share/doc/{package}/copyright"));
        if path.exists() {
            files.push(ArchiveEntry::file(inside(&path), read(&path)?));
        }
    }
    Ok(with_folders(files))
}

/// Returns the binary's loader and the local paths of the libraries that it needs.
fn libraries(binary: &ReleaseBinary) -> anyhow::Result<Vec<PathBuf>> {
    let needs = ElfNeeds::read(&binary.bytes)?;
    let cpu = binary.platform.triple.split('-').next().unwrap_or_default();
    let folders = [
        format!("/lib/{cpu}-linux-gnu"),
        format!("/usr/lib/{cpu}-linux-gnu"),
        "/lib64".into(),
        "/lib".into(),
    ];
    let mut found: Vec<PathBuf> = needs.loader.into_iter().map(PathBuf::from).collect();
    let mut missing = needs.libraries;
    while let Some(name) = missing.pop() {
        if found.iter().any(|path| path.file_name().is_some_and(|file| *file == *name)) {
            continue;
        }
        let paths = folders.iter().map(|folder| Path::new(folder).join(&name));
        let path =
            paths.into_iter().find(|path| path.exists()).with_context(|| format!("can't find {name}"))?;
        missing.extend(ElfNeeds::read(&std::fs::read(&path)?)?.libraries);
        found.push(path);
    }
    found.sort();
    Ok(found)
}

/// Adds parent folders that aren't listed.
fn with_folders(mut files: Vec<ArchiveEntry>) -> Vec<ArchiveEntry> {
    let mut folders: Vec<String> = Vec::new();
    for file in &files {
        for (at, _) in file.path.match_indices('/') {
            folders.push(file.path[..at].to_owned());
        }
    }
    folders.sort();
    folders.dedup();
    files.extend(folders.into_iter().map(|folder| ArchiveEntry::directory(folder, 0o755, 0)));
    files
}

/// Formats a UTC timestamp, for example `2026-11-29T15:00:00Z`.
fn rfc_3339(epoch: u64) -> String {
    let (days, seconds) = (epoch / 86_400, epoch % 86_400);
    // Years start in March, so the leap day is the last day of a year.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (era * 400 + year, month + 3),
        _ => (era * 400 + year + 1, month - 9),
    };
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (epoch, time) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_772_323_200, "2026-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc_3339(epoch), time);
        }
    }

    #[test]
    fn folders_are_listed_once() {
        let files = vec![ArchiveEntry::file("a/b/c", ""), ArchiveEntry::file("a/d", "")];
        let paths: Vec<String> = with_folders(files).into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["a/b/c", "a/d", "a", "a/b"]);
    }
}
