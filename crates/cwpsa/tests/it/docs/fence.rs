//! Parses a document's code fences, and the commands in them.

/// A code fence in a document.
pub struct Fence {
    /// The line where it starts.
    pub line: usize,
    /// The fence's info string.
    pub language: String,
    /// The contents, without indentation.
    pub text: String,
    /// True if only whitespace separates it from the previous fence.
    pub follows: bool,
}

/// Returns a document's fences, in order.
pub fn fences(document: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open: Option<(Fence, usize)> = None;
    let mut follows = false;
    for (number, line) in document.lines().enumerate() {
        let text = line.trim_start();
        match &mut open {
            Some(_) if text.trim_end() == "```" => {
                fences.extend(open.take().map(|(fence, _)| fence));
                follows = true;
            }
            Some((fence, indent)) => {
                fence.text.push_str(line.get(*indent..).unwrap_or(text));
                fence.text.push('\n');
            }
            None => {
                if let Some(language) = text.strip_prefix("```") {
                    let fence = Fence {
                        line: number + 1,
                        language: language.trim().to_owned(),
                        text: String::new(),
                        follows,
                    };
                    open = Some((fence, line.len() - text.len()));
                } else if !text.is_empty() {
                    follows = false;
                }
            }
        }
    }
    assert!(open.is_none(), "a fence that does not end");
    fences
}

impl Fence {
    /// Returns true if it contains commands: its language is a shell, or it has none and starts with a command.
    pub fn is_shell(&self) -> bool {
        let first = self.text.split_whitespace().next().unwrap_or_default();
        self.language == "sh" || (self.language.is_empty() && ["cargo", "cwpsa"].contains(&first))
    }

    /// Returns its commands: lines, joined if one ends with a backslash or within quotes.
    pub fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut command = String::new();
        for line in self.text.lines() {
            if command.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
                continue;
            }
            // A comment may contain a quote.
            let comment = line.split_once("  #").filter(|(before, _)| before.matches('\'').count() % 2 == 0);
            command.push_str(comment.map_or(line, |(before, _)| before));
            if command.ends_with('\\') {
                command.pop();
            } else if command.matches('\'').count() % 2 == 1 {
                command.push('\n');
            } else {
                commands.push(std::mem::take(&mut command));
            }
        }
        assert!(command.is_empty(), "a command that does not end: {command}");
        commands
    }
}
