//! Finds what Rust files define and import. It scans tokens, which are sufficient for this and, unlike a syntax tree,
//! include the contents of macros.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::files;
use super::metadata::Workspace;

/// The definitions and imports of a file in a package's `src` folder, outside its tests.
pub(crate) struct SourceFile {
    pub(crate) package: String,
    pub(crate) path: PathBuf,
    /// The path of the file's module, from the crate root.
    pub(crate) module: Vec<String>,
    /// Names of structs, enums, unions, traits and type aliases.
    pub(crate) types: Vec<String>,
    pub(crate) functions: Vec<String>,
    /// Macros that can be used from the crate root.
    pub(crate) exported_macros: Vec<String>,
    pub(crate) references: Vec<PathReference>,
    /// Modules that are compiled only for tests and have separate files.
    test_modules: Vec<Vec<String>>,
}

/// A path in the code, in a `use` or anywhere else.
pub(crate) struct PathReference {
    /// The module that contains the path: the file's or an inline module.
    pub(crate) module: Vec<String>,
    pub(crate) segments: Vec<String>,
    /// The name that a `use` binds.
    pub(crate) binding: Option<String>,
    pub(crate) is_macro: bool,
}

/// Reads the sources of all hand-written packages.
pub(crate) fn scan_workspace(workspace: &Workspace) -> anyhow::Result<Vec<SourceFile>> {
    let mut sources = Vec::new();
    for package in workspace.packages.iter().filter(|package| !package.is_generated()) {
        let folder = package.folder().join("src");
        let mut of_package = Vec::new();
        for path in
            files::walk(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"))
        {
            let text = files::read(&path)?;
            let module = module_of(&files::display(&folder, &path));
            let source = scan(&package.name, &path, module, &text)?;
            of_package.push(source);
        }
        let tests: Vec<Vec<String>> =
            of_package.iter().flat_map(|source| source.test_modules.clone()).collect();
        of_package.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
        sources.extend(of_package);
    }
    Ok(sources)
}

/// Returns the module of a file in `src`: `a/b.rs` and `a/b/mod.rs` are `a::b`, and `lib.rs` is the root.
fn module_of(relative: &str) -> Vec<String> {
    let path = relative.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

fn scan(package: &str, path: &Path, module: Vec<String>, text: &str) -> anyhow::Result<SourceFile> {
    let tokens: TokenStream =
        text.parse().map_err(|error| anyhow!("can't parse {}: {error}", path.display()))?;
    let mut source = SourceFile {
        package: package.to_owned(),
        path: path.to_owned(),
        module: module.clone(),
        types: Vec::new(),
        functions: Vec::new(),
        exported_macros: Vec::new(),
        references: Vec::new(),
        test_modules: Vec::new(),
    };
    Scanner { source: &mut source, module }.items(tokens, false);
    Ok(source)
}

struct Scanner<'a> {
    source: &'a mut SourceFile,
    module: Vec<String>,
}

impl Scanner<'_> {
    /// Reads a sequence of tokens. In `impl` and `trait` blocks, a `type` is an associated type and doesn't define a
    /// name.
    fn items(&mut self, tokens: TokenStream, is_associated: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let (mut at, mut opens_block, mut exports_macro) = (0, false, false);
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            at += 1;
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let Some(TokenTree::Group(attribute)) = next else { continue };
                    at += 1;
                    exports_macro |= attribute.stream().to_string() == "macro_export";
                    if is_test_attribute(attribute.stream()) {
                        at = self.skip_item(&tokens, at);
                    } else {
                        self.items(attribute.stream(), true);
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => opens_block = false,
                TokenTree::Group(group) => {
                    let is_block = opens_block && group.delimiter() == Delimiter::Brace;
                    opens_block &= !is_block;
                    self.items(group.stream(), is_block);
                }
                TokenTree::Ident(word) => match (word.to_string().as_str(), next) {
                    ("impl", _) => opens_block = true,
                    ("trait", Some(TokenTree::Ident(name))) => {
                        self.source.types.push(name.to_string());
                        opens_block = true;
                    }
                    ("struct" | "enum" | "union", Some(TokenTree::Ident(name))) => {
                        self.source.types.push(name.to_string());
                        at += 1;
                    }
                    ("type", Some(TokenTree::Ident(name))) if !is_associated => {
                        self.source.types.push(name.to_string());
                        at += 1;
                    }
                    ("fn", Some(TokenTree::Ident(name))) => {
                        self.source.functions.push(name.to_string());
                        at += 1;
                    }
                    ("mod", Some(TokenTree::Ident(name))) => {
                        let Some(TokenTree::Group(body)) = tokens.get(at + 1) else { continue };
                        at += 2;
                        self.module.push(name.to_string());
                        self.items(body.stream(), false);
                        self.module.pop();
                    }
                    ("macro_rules", _) => {
                        if let (true, Some(TokenTree::Ident(name))) = (exports_macro, tokens.get(at + 1)) {
                            self.source.exported_macros.push(name.to_string());
                        }
                        exports_macro = false;
                    }
                    // Output of `quote` macros belongs to another crate.
                    ("quote" | "parse_quote" | "quote_spanned", Some(TokenTree::Punct(mark)))
                        if mark.as_char() == '!' =>
                    {
                        at += 2;
                    }
                    // `pub(in path)` imports nothing.
                    ("pub", Some(TokenTree::Group(group))) if group.delimiter() == Delimiter::Parenthesis => {
                        let is_scope = group.stream().into_iter().next().is_some_and(|token| {
                            ["crate", "super", "self", "in"].iter().any(|word| is_word(Some(&token), word))
                        });
                        at += usize::from(is_scope);
                    }
                    ("use", _) => {
                        let end = tokens[at..].iter().position(|token| is_punct(Some(token), ';'));
                        let end = end.map_or(tokens.len(), |end| at + end);
                        self.use_tree(&tokens[at..end], &[]);
                        at = end;
                    }
                    _ => at = self.path(&tokens, at - 1),
                },
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Reads the path that starts at `at`, if there is one; returns where to continue.
    fn path(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let is_continued = at >= 1
            && tokens.get(at - 1).is_some_and(|token| {
                is_punct(Some(token), '.') || is_punct(Some(token), '$') || is_punct(Some(token), '\'')
            });
        let mut segments = vec![tokens[at].to_string()];
        let mut end = at + 1;
        while is_path_separator(tokens, end)
            && let Some(TokenTree::Ident(segment)) = tokens.get(end + 2)
        {
            segments.push(segment.to_string());
            end += 3;
        }
        let is_absolute = at >= 2 && is_path_separator(tokens, at - 2);
        if segments.len() > 1 && !is_continued && !is_absolute {
            let is_macro = is_punct(tokens.get(end), '!');
            let module = self.module.clone();
            self.source.references.push(PathReference { module, segments, binding: None, is_macro });
        }
        end
    }

    /// Reads the tokens after `use`, up to its semicolon: one tree, or several separated by commas.
    fn use_tree(&mut self, tokens: &[TokenTree], prefix: &[String]) {
        for tree in tokens.split(|token| is_punct(Some(token), ',')) {
            let mut segments = prefix.to_vec();
            // A path that starts with `::` belongs to another crate.
            if prefix.is_empty() && is_path_separator(tree, 0) {
                continue;
            }
            let (mut binding, mut at) = (None, 0);
            while let Some(token) = tree.get(at) {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        binding = tree.get(at + 1).map(ToString::to_string);
                        break;
                    }
                    TokenTree::Ident(word) if word == "self" && !segments.is_empty() => {}
                    TokenTree::Ident(word) => segments.push(word.to_string()),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.use_tree(&inner, &segments);
                        segments.clear();
                    }
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                }
                at += 1;
            }
            if !segments.is_empty() {
                let binding = binding.or_else(|| segments.last().cloned());
                let module = self.module.clone();
                self.source.references.push(PathReference { module, segments, binding, is_macro: false });
            }
        }
    }

    /// Returns where the item after a test attribute ends, and remembers it if it is a module in a separate file.
    fn skip_item(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let mut at = start;
        // More attributes may follow.
        while is_punct(tokens.get(at), '#') {
            at += 2;
        }
        let is_use = tokens[at..].iter().take(3).any(|token| is_word(Some(token), "use"));
        for (offset, token) in tokens[at..].iter().enumerate() {
            let ends = match token {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
                TokenTree::Ident(_) | TokenTree::Literal(_) => false,
            };
            if !ends {
                continue;
            }
            if let [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(_)] =
                &tokens[at..=at + offset]
                && word == "mod"
            {
                let mut module = self.module.clone();
                module.push(name.to_string());
                self.source.test_modules.push(module);
            }
            return at + offset + 1;
        }
        tokens.len()
    }
}

/// Returns true if an attribute's contents are `test`, or a `cfg` that applies only to tests.
fn is_test_attribute(attribute: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(condition)] if word == "cfg" => {
            let condition = condition.stream().to_string();
            let mut words = condition.split(|letter: char| !letter.is_alphanumeric());
            !condition.contains("not") && words.any(|word| ["test", "doctest"].contains(&word))
        }
        _ => false,
    }
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> SourceFile {
        scan("p", Path::new("src/a.rs"), vec!["a".to_owned()], text).unwrap()
    }

    fn paths(text: &str) -> Vec<String> {
        scanned(text).references.iter().map(|reference| reference.segments.join("::")).collect()
    }

    #[test]
    fn paths_are_found_in_imports_code_attributes_and_macros() {
        assert_eq!(
            paths("use crate::{b::{self, C as D}, e::*}; pub(crate) use super::f;"),
            ["crate::b", "crate::b::C", "crate::e", "super::f"]
        );
        assert_eq!(
            paths("fn f() -> crate::b::T { super::super::g::<u8>(self::h()) }"),
            ["crate::b::T", "super::super::g", "self::h"]
        );
        assert_eq!(
            paths("fn f() { println!(\"{}\", child::name()); x.y(); crate::m!(1) }"),
            ["child::name", "crate::m"]
        );
        assert_eq!(paths("#[arg(value_parser = crate::parse::size)] struct A;"), ["crate::parse::size"]);
        assert_eq!(
            paths("macro_rules! m { () => { $crate::x::y() } } pub(in crate::z) fn f() {}"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn definitions_are_those_outside_of_tests_and_of_generated_code() {
        let source = scanned(
            "pub struct A; enum B {} trait C { type Item; fn text(&self); } impl C for A { type Item = B; }
             type D = u8; fn f() { struct E; quote! { pub struct F; } }
             #[cfg(test)] mod tests { struct G; } #[cfg(test)] mod cases; #[cfg(not(test))] struct H;
             #[cfg(test)] use x::{y}; union I { a: u8 }",
        );
        assert_eq!(source.types, ["A", "B", "C", "D", "E", "H", "I"]);
        assert_eq!(source.functions, ["text", "f"]);
        assert_eq!(source.test_modules, [["a", "cases"]]);
    }

    #[test]
    fn modules_follow_from_paths() {
        assert_eq!(module_of("lib.rs"), Vec::<String>::new());
        assert_eq!(module_of("a/mod.rs"), ["a"]);
        assert_eq!(module_of("a/b.rs"), ["a", "b"]);
    }
}
