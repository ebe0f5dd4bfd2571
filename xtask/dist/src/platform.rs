//! The platforms for which binaries are released, with their names in each registry.

use anyhow::Context;

use crate::process::output_text;

/// A platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReleasePlatform {
    /// The Rust target triple.
    pub(crate) triple: &'static str,
    /// npm's `os` and `cpu`.
    pub(crate) npm: (&'static str, &'static str),
    /// The platform tag of a wheel. On Linux, it ends with the glibc version, which the binary determines.
    pub(crate) wheel: &'static str,
    /// The container image's architecture, if the platform has one.
    pub(crate) image: Option<&'static str>,
    /// The suffix of a program's name.
    pub(crate) suffix: &'static str,
}

/// All platforms.
pub(crate) const PLATFORMS: [ReleasePlatform; 5] = [
    ReleasePlatform {
        triple: "x86_64-unknown-linux-gnu",
        npm: ("linux", "x64"),
        wheel: "manylinux_{glibc}_x86_64",
        image: Some("amd64"),
        suffix: "",
    },
    ReleasePlatform {
        triple: "aarch64-unknown-linux-gnu",
        npm: ("linux", "arm64"),
        wheel: "manylinux_{glibc}_aarch64",
        image: Some("arm64"),
        suffix: "",
    },
    ReleasePlatform {
        triple: "x86_64-apple-darwin",
        npm: ("darwin", "x64"),
        wheel: "macosx_10_12_x86_64",
        image: None,
        suffix: "",
    },
    ReleasePlatform {
        triple: "aarch64-apple-darwin",
        npm: ("darwin", "arm64"),
        wheel: "macosx_11_0_arm64",
        image: None,
        suffix: "",
    },
    ReleasePlatform {
        triple: "x86_64-pc-windows-msvc",
        npm: ("win32", "x64"),
        wheel: "win_amd64",
        image: None,
        suffix: ".exe",
    },
];

impl ReleasePlatform {
    /// Returns the platform for a target, or the local platform.
    pub(crate) fn find(triple: Option<&str>) -> anyhow::Result<Self> {
        let host = host_triple()?;
        let triple = triple.unwrap_or(&host);
        let known = || PLATFORMS.map(|platform| platform.triple).join(", ");
        let found = PLATFORMS.into_iter().find(|platform| platform.triple == triple);
        found.with_context(|| format!("no release for {triple:?} (expected one of {})", known()))
    }

    /// Returns the name of the npm package with the binary.
    pub(crate) fn npm_package(self) -> String {
        let (os, cpu) = self.npm;
        format!("@cwpsa/{os}-{cpu}")
    }

    /// Returns the file name of the binary.
    pub(crate) fn program(self) -> String {
        format!("cwpsa{}", self.suffix)
    }
}

/// Returns the local compiler's target.
pub(crate) fn host_triple() -> anyhow::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = output_text(std::process::Command::new(rustc).arg("-vV"))?;
    let triple = about.lines().find_map(|line| line.strip_prefix("host: "));
    triple.map(str::to_owned).context("rustc did not report its host")
}
