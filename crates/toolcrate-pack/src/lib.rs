//! Includes a generated tool catalog in a program, compressed.
//!
//! The compressed catalog is several times smaller than its text. Programs read it with `toolcrate_catalog::unpack`, which
//! the runtime's `Catalog::packed` does when the catalog is first used.
//!
//! ```
//! // The folder is relative to the manifest of the crate that contains the macro.
//! static FILES: &[u8] = toolcrate_pack::packed_catalog!("src");
//! assert!(!FILES.is_empty());
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro::{Literal, TokenStream, TokenTree};

/// Expands to the compressed files in a folder, as `&[u8]`. The argument is a string literal: the folder's path, relative
/// to the crate's manifest.
#[proc_macro]
pub fn packed_catalog(folder: TokenStream) -> TokenStream {
    expand(folder).unwrap_or_else(|message| {
        let message = Literal::string(&message).to_string();
        format!("::core::compile_error!({message})").parse().unwrap_or_default()
    })
}

fn expand(folder: TokenStream) -> Result<TokenStream, String> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR isn't set")?;
    let root = PathBuf::from(root).join(literal(folder)?);
    let mut files = BTreeMap::new();
    read(&root, "", &mut files)?;
    let packed = toolcrate_catalog::pack(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let bytes = TokenTree::Literal(Literal::byte_string(&packed));
    // The compiler only tracks files that are included, and compiles the crate again if one has changed.
    let tracked: String = files
        .keys()
        .map(|path| Literal::string(&root.join(path).to_string_lossy()).to_string())
        .map(|path| format!("::core::include_bytes!({path}),"))
        .collect();
    let expression = format!("{{ const _: &[&[u8]] = &[{tracked}]; {bytes} as &[u8] }}");
    expression.parse().map_err(|error| format!("{error}"))
}

/// Returns the value of the only token, a string literal.
fn literal(tokens: TokenStream) -> Result<String, String> {
    let text = tokens.to_string();
    let folder = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let folder = folder.filter(|folder| !folder.contains(['"', '\\']));
    folder.map(str::to_owned).ok_or_else(|| format!("expected a folder as a string literal, got {text}"))
}

/// Adds the files in a folder and its subfolders, by path relative to the root.
fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<(), String> {
    let failed = |error| format!("can't read {}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            read(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            let text = std::fs::read_to_string(&path);
            let text = text.map_err(|error| format!("can't read {}: {error}", path.display()))?;
            files.insert(format!("{prefix}{name}"), text);
        }
    }
    Ok(())
}
