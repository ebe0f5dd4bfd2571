//! Builds the wheel, which users install with `uvx cwpsa` or `pip install cwpsa`.

use crate::archive::{ArchiveEntry, EntryKind, zip};
use crate::artifact::{
    Artifact, LICENSE, MCP_NAME, REPOSITORY, ReleaseBinary, SUMMARY, VERSION, licenses, workspace_file,
};
use crate::digest::sha256_url_safe;
use crate::elf::ElfNeeds;

/// Builds the wheel. It contains no Python code: the binary is installed as a script.
pub(crate) fn wheel(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let tag = format!("py3-none-{}", platform_tag(binary)?);
    let (data, info) = (format!("cwpsa-{VERSION}.data"), format!("cwpsa-{VERSION}.dist-info"));
    let program = binary.platform.program();
    let mut entries = vec![ArchiveEntry::program(format!("{data}/scripts/{program}"), binary.bytes.clone())];
    entries.extend(licenses()?.into_iter().map(|entry| entry.below(&format!("{info}/licenses"))));
    entries.push(ArchiveEntry::file(format!("{info}/METADATA"), metadata()?));
    let about = format!("Wheel-Version: 1.0\nGenerator: cwpsa\nRoot-Is-Purelib: false\nTag: {tag}\n");
    entries.push(ArchiveEntry::file(format!("{info}/WHEEL"), about));
    let record = format!("{info}/RECORD");
    entries.push(ArchiveEntry::file(record.clone(), record_of(&entries, &record)));
    Ok(Artifact::new(format!("cwpsa-{VERSION}-{tag}.whl"), zip(&entries)?))
}

/// Returns the platform tag; on Linux, with the glibc version that the binary needs.
fn platform_tag(binary: &ReleaseBinary) -> anyhow::Result<String> {
    let tag = binary.platform.wheel;
    if !tag.contains("{glibc}") {
        return Ok(tag.to_owned());
    }
    let (major, minor) = ElfNeeds::read(&binary.bytes)?.glibc;
    Ok(tag.replace("{glibc}", &format!("{major}_{minor}")))
}

fn metadata() -> anyhow::Result<String> {
    let readme = workspace_file("crates/cwpsa/README.md")?;
    Ok(format!(
        "Metadata-Version: 2.4\n\
        Name: cwpsa\n\
        Version: {VERSION}\n\
        Summary: {SUMMARY}\n\
        License-Expression: {LICENSE}\n\
        License-File: LICENSE-APACHE\n\
        License-File: LICENSE-MIT\n\
        Keywords: connectwise,psa,mcp,llm,tools\n\
        Project-URL: Source, {REPOSITORY}\n\
        Project-URL: Changelog, {REPOSITORY}/blob/main/CHANGELOG.md\n\
        Requires-Python: >=3.8\n\
        Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM\n\
        \n\
        {readme}\n<!-- mcp-name: {MCP_NAME} -->\n"
    ))
}

/// Returns the list of all files except itself, with digests and sizes.
fn record_of(entries: &[ArchiveEntry], record: &str) -> String {
    let mut lines = String::new();
    for entry in entries {
        let EntryKind::File(bytes) = &entry.kind else { continue };
        lines.push_str(&format!("{},sha256={},{}\n", entry.path, sha256_url_safe(bytes), bytes.len()));
    }
    lines + record + ",,\n"
}
