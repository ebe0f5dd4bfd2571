//! `cargo xtask test`: everything that CI tests, in one command.

use std::path::Path;
use std::process::{Command, ExitCode};

/// The folder of the diff tool that ours is compared with.
const OTHER_DIFF_TOOL: &str = "tests/other-diff-tool";

/// What can be set.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out what needs node or python.
    #[arg(long)]
    rust_only: bool,
    /// Make the tours with clients for node and python, and run SDKs and examples, alone.
    #[arg(long, conflicts_with = "rust_only")]
    clients_only: bool,
}

/// Runs all tests; exit code 1 where one fails, or where a program that one needs is not there.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut steps = Vec::new();
    if !arguments.clients_only {
        steps.push(Step::new(env!("CARGO"), &["test", "--workspace"], "."));
    }
    if arguments.rust_only {
        eprintln!(
            "note: left out, as they need node and python: the tours of the sandbox with clients of others, the SDKs and examples, and \
             whether the findings of another diff tool are those of today"
        );
    } else if !arguments.clients_only {
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        steps.push(Step::new("npm", &install, OTHER_DIFF_TOOL));
        steps.push(Step::new("npm", &["run", "--silent", "check"], OTHER_DIFF_TOOL));
    }
    for step in steps {
        if let Err(message) = step.run() {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    }
    if !arguments.rust_only
        && let Err(message) = crate::clients::run().and_then(|()| crate::examples::all(None, false))
    {
        eprintln!("error: {message}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// A program to run in a folder.
struct Step {
    program: &'static str,
    arguments: Vec<&'static str>,
    folder: &'static str,
}

impl Step {
    fn new(program: &'static str, arguments: &[&'static str], folder: &'static str) -> Self {
        Self { program, arguments: arguments.to_vec(), folder }
    }

    fn run(&self) -> Result<(), String> {
        let words: Vec<&str> = [self.program].into_iter().chain(self.arguments.iter().copied()).collect();
        let what = format!("`{}` in {}", words.join(" "), self.folder);
        let status =
            Command::new(self.program).args(&self.arguments).current_dir(Path::new(self.folder)).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("{what} failed")),
            Err(error) => Err(format!(
                "{what} could not be started: {error}; --rust-only leaves out what needs more than Rust"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn a_program_that_is_not_there_is_an_error_that_says_what_to_do() {
        let message = Step::new("no-such-program", &["ci"], ".").run().unwrap_err();
        assert!(message.starts_with("`no-such-program ci` in . could not be started"), "{message}");
        assert!(message.ends_with("--rust-only leaves out what needs more than Rust"), "{message}");
        assert_eq!(Step::new("false", &[], ".").run().unwrap_err(), "`false` in . failed");
    }
}
