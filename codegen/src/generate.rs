//! Runs all stages of the generator.

use std::path::{Path, PathBuf};

use crate::config::{self, Overlay, Profile, UsageTracker};
use crate::diagnostic::{CodegenError, Errors, Report};
use crate::emit::DocumentationCoverage;
use crate::format_cache::{FormatCache, FormattedFiles};
use crate::model::Model;
use crate::naming::Lock;
use crate::relate::RelationCoverage;
use crate::write::WritePlan;
use crate::{emit, load, lower, naming, relate, repair};

/// The options for a run: inputs and output folder.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The profile, `toolcrate.yaml`.
    pub profile: PathBuf,
    /// A spec to use instead of the profile's.
    pub spec: Option<PathBuf>,
    /// A folder to use instead of the profile's.
    pub out: Option<PathBuf>,
    /// The names that may be added to the lock file.
    pub lock: LockUpdate,
    /// Rejects a document with a part that can't be expressed, instead of leaving that part out.
    pub strict: bool,
    /// Where to remember how files were formatted. It changes nothing but the time that a run takes.
    pub format_cache: Option<FormatCache>,
}

/// The names that a run may add to the lock file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockUpdate {
    /// The names of new operations and schemas, except guesses.
    #[default]
    Certain,
    /// All new names.
    All,
    /// Nothing.
    Nothing,
}

/// The result of a run before anything is written.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The files to write.
    pub plan: WritePlan,
    /// The folder to write to.
    pub out: PathBuf,
    /// The spec's `info.version`.
    pub version: String,
    /// The number of operations; each is a typed function and a tool.
    pub operations: usize,
    /// The number of operations without untyped or omitted parts.
    pub typed_operations: usize,
    /// The number of schemas named in the spec.
    pub schemas: usize,
    /// The repairs, and the parts that couldn't be expressed.
    pub report: Report,
    /// How many relations are known.
    pub coverage: RelationCoverage,
    /// How much has a written description.
    pub documentation: DocumentationCoverage,
    /// The files that were read.
    pub inputs: Vec<PathBuf>,
    /// Entries of the profile and the overlay that never applied. They are errors unless another spec than
    /// the profile's is used or a part of the document is left out.
    pub unused: Vec<String>,
}

/// Reads a text file from the profile's folder.
fn read_text(folder: &Path, path: &Path) -> Result<String, Errors> {
    let path = folder.join(path);
    let text = std::fs::read_to_string(&path);
    let failed = |error| CodegenError::new("E001", format!("can't be read: {error}")).in_file(&path);
    text.map_err(|error| Errors::from(failed(error)))
}

/// Reads the profile's license texts, with their file names in the package.
fn license_texts(folder: &Path, profile: &Profile) -> Result<Vec<(String, String)>, Errors> {
    let read = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, read_text(folder, path)?))
    };
    profile.license_files.iter().map(read).collect()
}

/// Runs every stage up to emitting, and plans what to write.
///
/// # Errors
/// Returns the errors of the stages, with the affected file. Nothing is ever written.
pub fn generate(options: &Options) -> Result<Generated, Errors> {
    let mut profile: Profile = config::read_yaml(&options.profile)?;
    let folder = options.profile.parent().unwrap_or(Path::new("."));
    for program in &mut profile.programs {
        program.code = read_text(folder, &program.file)?;
    }
    let overlay_path = profile.overlay.as_ref().map(|path| folder.join(path));
    let overlay: Overlay = match &overlay_path {
        Some(path) => config::read_yaml(path)?,
        None => Overlay::default(),
    };
    let lock_path = folder.join(&profile.lock);
    let lock = Lock::read(&lock_path)?;
    let spec = options.spec.clone().unwrap_or_else(|| folder.join(&profile.spec));
    let out = options.out.clone().unwrap_or_else(|| folder.join(&profile.out));

    let usage = UsageTracker::new();
    let in_profile = |errors: Errors| errors.in_file(&options.profile);
    let document = repair::repair(load::load(&spec)?)?;
    let lower::Lowering { mut api, mut report } = lower::lower(document, &profile, &usage)?;
    lower::apply_overlay(&mut api, &overlay, &usage);
    if options.strict {
        report.require_complete().map_err(|errors| errors.in_file(&spec))?;
    }
    let in_overlay = |errors: Errors| errors.in_file(overlay_path.as_deref().unwrap_or(&options.profile));
    let (names, relations) = std::thread::scope(|scope| {
        let relations = scope.spawn(|| relate::relate(&api, &profile, &overlay, &usage).map_err(in_overlay));
        let names = naming::name(&api, &profile, lock, &usage).map_err(|errors| errors.in_file(&spec));
        (names, relations.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (mut names, relations) = (names?, relations?);
    report.repairs.append(&mut names.repairs);
    if options.lock == LockUpdate::All {
        names.lock.extend(std::mem::take(&mut names.pending), &api.version);
    } else {
        report.warnings.append(&mut names.warnings);
    }
    report.sort();
    let model = Model { api, names, relations, report };
    let formatted = options.format_cache.as_ref().map(|cache| (cache, FormattedFiles::read(cache, &out)));
    let known = |path: &str, tokens: u64| formatted.as_ref()?.1.find_text(path, tokens);
    let emit::EmittedCrate { mut files, tokens, documentation } =
        emit::emit_crate(&model, &profile, &overlay, &usage, &known).map_err(in_overlay)?;
    if let Some((cache, formatted)) = &formatted {
        formatted.write(cache, &files, &tokens);
    }
    files.extend(license_texts(folder, &profile)?);

    let mut unused = Vec::new();
    for (entries, file) in [
        (profile.entries(), &options.profile),
        (overlay.entries(), overlay_path.as_ref().unwrap_or(&options.profile)),
    ] {
        for entry in usage.unused(&entries) {
            let message = "this entry matches nothing in the spec; correct or delete it";
            unused.push(CodegenError::new("E012", message).at(entry.clone()).in_file(file));
        }
    }
    // The part to which an entry applies may have been left out.
    let is_complete = model.report.degradations.is_empty();
    if options.spec.is_none() && is_complete && !unused.is_empty() {
        return Err(Errors(unused));
    }

    let Model { api, names, relations, report } = model;
    let degraded: Vec<&str> = report
        .degradations
        .iter()
        .filter_map(|degradation| degradation.problem.location.as_deref())
        .collect();
    let is_typed = |operation: &&crate::ir::Operation| {
        !degraded.iter().any(|location| location.starts_with(operation.pointer.as_str()))
    };
    let typed_operations = api.operations.values().filter(is_typed).count();
    let mut inputs = vec![options.profile.clone(), spec, lock_path.clone()];
    inputs.extend(overlay_path);
    let others = profile.programs.iter().map(|program| &program.file).chain(&profile.license_files);
    inputs.extend(others.map(|path| folder.join(path)));
    let lock = (options.lock != LockUpdate::Nothing).then(|| (lock_path, names.lock.to_text()));
    let plan = WritePlan::new(&out, files, lock.into_iter().collect()).map_err(in_profile)?;
    Ok(Generated {
        plan,
        out,
        operations: api.operations.len(),
        typed_operations,
        schemas: api.schemas.values().filter(|schema| !schema.inline).count(),
        version: api.version,
        report,
        coverage: relations.coverage,
        documentation,
        inputs,
        unused: unused.iter().map(CodegenError::to_string).collect(),
    })
}
