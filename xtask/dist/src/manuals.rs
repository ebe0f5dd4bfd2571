//! Builds an archive that contains the binary, shell completions and man pages.

use crate::archive::{ArchiveEntry, gzip, tar, zip};
use crate::artifact::{Artifact, ReleaseBinary, VERSION, licenses, workspace_file};
use crate::process::output;

/// The shells with completions, and the file that each one looks for.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "cwpsa.bash"),
    ("zsh", "_cwpsa"),
    ("fish", "cwpsa.fish"),
    ("powershell", "_cwpsa.ps1"),
    ("elvish", "cwpsa.elv"),
];

/// Builds the archive: a tar archive, or a zip file for Windows.
pub(crate) fn binary_archive(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let folder = format!("cwpsa-{VERSION}-{}", binary.platform.triple);
    let mut entries = vec![
        ArchiveEntry::program(binary.platform.program(), binary.bytes.clone()),
        ArchiveEntry::file("README.md", workspace_file("crates/cwpsa/README.md")?),
    ];
    entries.extend(licenses()?);
    for (shell, name) in SHELLS {
        let script = output(binary.command().args(["completions", shell]))?;
        entries.push(ArchiveEntry::file(format!("completions/{name}"), script));
    }
    let pages = tempfile::tempdir()?;
    output(binary.command().arg("man").arg(pages.path()))?;
    let mut paths: Vec<_> = std::fs::read_dir(pages.path())?.collect::<Result<_, _>>()?;
    paths.sort_by_key(std::fs::DirEntry::file_name);
    for page in paths {
        let name = page.file_name().to_string_lossy().into_owned();
        entries.push(ArchiveEntry::file(format!("man/man1/{name}"), std::fs::read(page.path())?));
    }
    let entries: Vec<ArchiveEntry> = entries.into_iter().map(|entry| entry.below(&folder)).collect();
    Ok(match binary.platform.suffix {
        "" => Artifact::new(format!("{folder}.tar.gz"), gzip(&tar(&entries, binary.epoch)?)?),
        _ => Artifact::new(format!("{folder}.zip"), zip(&entries)?),
    })
}
