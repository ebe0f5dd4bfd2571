//! Diagnostics: errors that stop a run, and a [`Report`] of repairs and degraded parts.
//!
//! Each diagnostic has a stable code, a file, and a JSON pointer or line number, so readers can go straight to the
//! cause. Stages never print; they return diagnostics.
//!
//! Only an unreadable document is rejected. A defect with an unambiguous fix is [repaired](Repair). A part that can't
//! be expressed is [degraded](Degradation), which means that it is left out or left untyped; everything else is
//! generated. In strict mode, degradations are errors.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A defect in the document that was repaired, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Repair {
    /// Stable code, starting at `R001`; listed in `docs/codes.md`.
    pub code: &'static str,
    /// JSON pointer into the document, e.g. `/paths/~1system~1members/get`.
    pub pointer: String,
    /// A sentence that describes the defect and the repair.
    pub message: String,
}

impl Repair {
    /// Creates a repair at `pointer`.
    pub fn new(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), message: message.into() }
    }
}

/// The cost of a [`Degradation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The path or operation isn't generated.
    Omitted,
    /// The value is generated as any JSON value.
    Untyped,
    /// The value is generated as text or bytes that the caller writes or reads.
    Raw,
}

impl Effect {
    /// Returns the words that describe the effect after the problem in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Omitted => "left out",
            Self::Untyped => "any JSON value",
            Self::Raw => "text or bytes",
        }
    }
}

/// A part of the document that can't be expressed, and what was generated instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Degradation {
    /// The error that caused the degradation. In strict mode this error stops the run.
    pub problem: CodegenError,
    /// The cost.
    pub effect: Effect,
}

impl fmt::Display for Degradation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CodegenError { code, location, message, .. } = &self.problem;
        write!(f, "degraded[{code}]")?;
        if let Some(location) = location {
            write!(f, " at {location}")?;
        }
        write!(f, ": {message} ({})", self.effect.as_str())
    }
}

/// The repairs and degradations of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Every repair, sorted by code and pointer.
    pub repairs: Vec<Repair>,
    /// Every degradation, sorted by pointer.
    pub degradations: Vec<Degradation>,
    /// Results that are correct only if a person agrees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<CodegenError>,
}

impl Report {
    /// Records that `problem` causes the affected path or operation to be left out.
    pub fn omit(&mut self, problem: CodegenError) {
        self.degradations.push(Degradation { problem, effect: Effect::Omitted });
    }

    /// Records that `problem` causes the affected value to be untyped.
    pub fn untype(&mut self, problem: CodegenError) {
        self.degradations.push(Degradation { problem, effect: Effect::Untyped });
    }

    /// Records that `problem` leaves the affected value to the caller, as text or bytes.
    pub fn leave_raw(&mut self, problem: CodegenError) {
        self.degradations.push(Degradation { problem, effect: Effect::Raw });
    }

    /// Adds another stage's report.
    pub fn extend(&mut self, other: Self) {
        self.repairs.extend(other.repairs);
        self.degradations.extend(other.degradations);
        self.warnings.extend(other.warnings);
    }

    /// Puts everything in canonical order and drops duplicates.
    pub fn sort(&mut self) {
        self.repairs.sort();
        self.repairs.dedup();
        let order = |degradation: &Degradation| {
            let CodegenError { code, location, message, .. } = &degradation.problem;
            (location.clone(), *code, message.clone())
        };
        self.degradations.sort_by_cached_key(order);
        self.degradations.dedup();
        self.warnings.sort_by(|a, b| (&a.location, a.code).cmp(&(&b.location, b.code)));
    }

    /// Returns an error for each degradation, if there are any.
    ///
    /// # Errors
    /// Returns the problems of all degradations.
    pub fn require_complete(&self) -> Result<(), Errors> {
        Errors(self.degradations.iter().map(|degradation| degradation.problem.clone()).collect())
            .into_result()
    }
}

/// A problem that stops the run. Nothing has been written when it is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodegenError {
    /// Stable code, starting at `E001`.
    pub code: &'static str,
    /// The file with the problem, if there is one.
    pub file: Option<PathBuf>,
    /// A JSON pointer (`/paths/~1x`), or `line 3 column 7`, if known.
    pub location: Option<String>,
    /// The problem and how to fix it.
    pub message: String,
}

impl CodegenError {
    /// Creates an error without a file or location.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, file: None, location: None, message: message.into() }
    }

    /// Sets the location: a JSON pointer or a line.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location.get_or_insert(location.into());
        self
    }

    /// Sets the file, unless an earlier stage has already set one.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file.get_or_insert_with(|| file.to_owned());
        self
    }
}

impl CodegenError {
    /// Returns the line that reports this as a warning.
    pub fn to_warning(&self) -> String {
        self.to_string().replacen("error[", "warning[", 1)
    }
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]", self.code)?;
        if let Some(file) = &self.file {
            write!(f, " {}", file.display())?;
        }
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for CodegenError {}

/// All errors of a run, in the order found; never empty in an `Err`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(pub Vec<CodegenError>);

impl Errors {
    /// Returns `Ok` if there are no errors.
    pub fn into_result(self) -> Result<(), Errors> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Sets the file in each error that has none.
    #[must_use]
    pub fn in_file(self, file: &Path) -> Self {
        Self(self.0.into_iter().map(|error| error.in_file(file)).collect())
    }
}

impl From<CodegenError> for Errors {
    fn from(error: CodegenError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// Returns a JSON pointer with these parts, each escaped (`~` and `/`).
pub fn pointer(parts: &[&str]) -> String {
    let mut pointer = String::new();
    for part in parts {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Returns the candidates nearest to `word`, for "did you mean" hints; at most `limit`.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(limit).map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_prints_code_file_location_and_message() {
        let error =
            CodegenError::new("E003", "it is Swagger 2.0").at("/swagger").in_file(Path::new("a.json"));
        assert_eq!(error.to_string(), "error[E003] a.json at /swagger: it is Swagger 2.0");
    }

    #[test]
    fn pointers_escape_slashes_and_tildes() {
        assert_eq!(pointer(&["paths", "/a/{b}", "x~y"]), "/paths/~1a~1{b}/x~0y");
    }
}
