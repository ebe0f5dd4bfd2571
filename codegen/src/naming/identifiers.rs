//! Splits names into words, and joins words to form Rust identifiers.
//!
//! All identifiers in generated code are built here, so keywords, names used by the prelude or the generated crate,
//! digits and symbols are handled in one place.

use std::collections::HashSet;

/// Words that aren't valid identifiers in any edition so far, and those that can't be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Type names used by the prelude or the generated crate.
const RESERVED_TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Box",
    "Client",
    "Clone",
    "Copy",
    "CountQuery",
    "Credentials",
    "Date",
    "Debug",
    "Default",
    "Download",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "Extend",
    "FieldMut",
    "FieldRef",
    "FieldStyle",
    "Fn",
    "FnMut",
    "FnOnce",
    "Form",
    "From",
    "FromIterator",
    "Future",
    "GetQuery",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "ListQuery",
    "Method",
    "ModelFields",
    "None",
    "Number",
    "Ok",
    "OpenEnum",
    "Option",
    "Ord",
    "ParameterLocation",
    "ParameterStyle",
    "PartialEq",
    "PartialOrd",
    "Patch",
    "RawResponse",
    "Request",
    "Result",
    "Self",
    "Send",
    "ServerFields",
    "Sized",
    "Some",
    "String",
    "Sync",
    "Timestamp",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "UnknownFields",
    "Unpin",
    "Value",
    "VariantTest",
    "Vec",
];

/// Names of modules and features that the generated crate always has, and names of crates that it uses.
const RESERVED_MODULES: &[&str] = &[
    "alloc",
    "api",
    "catalog",
    "chrono",
    "core",
    "default",
    "full",
    "jiff",
    "lib",
    "main",
    "models",
    "query",
    "runtime",
    "rust_decimal",
    "shared",
    "std",
    "test",
    "toolcrate_runtime",
    "tracing",
];

/// Names that no file may have on Windows.
const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];

/// Symbols that are spelled out in a value. Others only separate words.
const SYMBOL_WORDS: &[(char, &str)] = &[
    ('+', "plus"),
    ('%', "percent"),
    ('&', "and"),
    ('#', "hash"),
    ('@', "at"),
    ('<', "less"),
    ('>', "greater"),
    ('=', "equal"),
    ('*', "star"),
    ('!', "not"),
    ('$', "dollar"),
    ('€', "euro"),
    ('£', "pound"),
    ('~', "tilde"),
    ('^', "caret"),
    ('|', "bar"),
];

/// Symbols that are spelled out only if a value contains nothing else.
const ONLY_SYMBOL_WORDS: &[(char, &str)] = &[
    (' ', "space"),
    ('-', "dash"),
    ('_', "underscore"),
    ('.', "dot"),
    (',', "comma"),
    (':', "colon"),
    (';', "semicolon"),
    ('/', "slash"),
    ('\\', "backslash"),
    ('?', "question"),
    ('\'', "quote"),
    ('"', "quotes"),
    ('(', "open"),
    (')', "close"),
];

/// Returns the words of an identifier in lower case: `serviceTickets` and `service-tickets` both have two.
///
/// A capital letter after a lowercase letter or a digit starts a word, and so does the last letter in a run
/// of capitals before a lowercase letter (`GLAccount`), except that the plural `s` belongs to the letters
/// before it (`SLAs`).
pub fn split(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1).copied();
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase()
                        && after.is_some_and(|after| after.is_ascii_lowercase())
                        && !is_plural_of_letters(&chars[at + 1..]))
            });
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(c.to_ascii_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Returns true if a run of capitals is followed by its plural `s` and nothing more of the word.
fn is_plural_of_letters(rest: &[char]) -> bool {
    rest.first() == Some(&'s') && !rest.get(1).is_some_and(|next| next.is_ascii_lowercase())
}

/// Joins words as `purchase_order`.
pub fn snake(words: &[String]) -> String {
    words.join("_")
}

/// Joins words as `PurchaseOrder`.
pub fn upper_camel(words: &[String]) -> String {
    words.iter().map(|word| capital(word)).collect()
}

/// Joins words as `purchaseOrder`.
pub fn lower_camel(words: &[String]) -> String {
    match words.split_first() {
        Some((first, rest)) => format!("{first}{}", upper_camel(rest)),
        None => String::new(),
    }
}

/// Returns `word` with its first letter in upper case.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the name of a value: a function, module, field or parameter.
pub fn value_name(words: &[String], empty: &str) -> String {
    let mut name = snake(words);
    if name.is_empty() {
        name = empty.to_owned();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name = format!("{empty}_{name}");
    }
    if KEYWORDS.binary_search(&name.as_str()).is_ok() {
        name.push('_');
    }
    name
}

/// Returns the name of a module that is a file or a folder.
pub fn file_name(words: &[String], empty: &str) -> String {
    let mut name = value_name(words, empty);
    let is_port = |stem: &str| {
        name.strip_prefix(stem)
            .is_some_and(|number| number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit()))
    };
    if DEVICES.contains(&name.as_str()) || is_port("com") || is_port("lpt") {
        name.push('_');
    }
    name
}

/// Returns an area's name, for a module of the crate and a feature.
pub fn module_name(words: &[String]) -> String {
    let name = file_name(words, "module");
    if RESERVED_MODULES.contains(&name.as_str()) { format!("{name}_area") } else { name }
}

/// Returns the name of a resource's file, which is a module in its area, next to the models' module.
pub fn resource_name(words: &[String]) -> String {
    resource_file(file_name(words, "resource"))
}

/// Returns `name`, or a different name if it is taken by the module for an area's models.
pub fn resource_file(name: String) -> String {
    if name == "models" { "models_".to_owned() } else { name }
}

/// Returns a field's name; `extra` is reserved for fields unknown to the spec.
pub fn field_name(text: &str) -> String {
    let name = value_name(&split(text), "field");
    if name == "extra" { "extra_".to_owned() } else { name }
}

/// Returns a type's name, which may be [reserved](reserved_types).
pub fn type_name(text: &str) -> String {
    let mut name = upper_camel(&split(text));
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "Type");
    }
    name
}

/// Returns names that no generated type may have.
pub fn reserved_types() -> impl Iterator<Item = String> {
    RESERVED_TYPES.iter().map(|name| (*name).to_owned())
}

/// Returns names for the values of an enum, in order. `Other` is reserved for values unknown to the spec.
pub fn variants(values: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::from(["Other".to_owned()]);
    let mut names = Vec::with_capacity(values.len());
    for value in values {
        let name = unused(&variant_name(value), &variant_marks(value), "Alt", &taken);
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

fn variant_name(value: &str) -> String {
    let spell = |text: &str, table: &[(char, &str)]| -> String {
        let mut spelled = String::new();
        for c in text.chars() {
            match table.iter().find(|(symbol, _)| *symbol == c) {
                Some((_, word)) => spelled.push_str(&format!(" {word} ")),
                None => spelled.push(c),
            }
        }
        spelled
    };
    if value.is_empty() {
        return "Empty".to_owned();
    }
    let mut words = split(&spell(value, SYMBOL_WORDS));
    if words.is_empty() {
        words = split(&spell(value, ONLY_SYMBOL_WORDS));
    }
    let name = upper_camel(&words);
    match name.as_str() {
        "" => "Symbol".to_owned(),
        "Other" | "Self" => format!("{name}Value"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("N{name}"),
        _ => name,
    }
}

/// Returns words that distinguish a value from others with the same name.
fn variant_marks(value: &str) -> Vec<&'static str> {
    let letters = || value.chars().filter(char::is_ascii_alphabetic);
    let marks = [
        (value.is_empty(), "Text"),
        (letters().all(|c| c.is_ascii_uppercase()), "Upper"),
        (letters().all(|c| c.is_ascii_lowercase()), "Lower"),
        (value.contains(char::is_whitespace), "Spaced"),
        (value.contains('-'), "Dashed"),
        (value.contains('_'), "Underscored"),
    ];
    marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect()
}

/// Returns `name`, or `name` with the first of `marks` that makes it unused, or with `last` as often as
/// needed.
pub fn unused(name: &str, marks: &[&str], last: &str, taken: &HashSet<String>) -> String {
    let marked = std::iter::once(name.to_owned()).chain(marks.iter().map(|mark| format!("{name}{mark}")));
    for candidate in marked {
        if !taken.contains(&candidate) {
            return candidate;
        }
    }
    // `self_` becomes `self_alt`, because two underscores in a row aren't snake case.
    let name = if last.starts_with('_') { name.trim_end_matches('_') } else { name };
    let mut candidate = format!("{name}{last}");
    while taken.contains(&candidate) {
        candidate.push_str(last);
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(values: &[&str]) -> Vec<String> {
        variants(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn keywords_are_sorted_for_binary_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn identifiers_are_split_into_words() {
        for (text, words) in [
            ("onHandSerialNumbers", "on hand serial numbers"),
            ("service-tickets", "service tickets"),
            ("GLAccount", "gl account"),
            ("SLAs", "slas"),
            ("SLAsByBoard", "slas by board"),
            ("memberIDs", "member ids"),
            ("TaxCodeXRef", "tax code x ref"),
            ("M365ContactSync", "m365 contact sync"),
            ("Agreement.Adjustment", "agreement adjustment"),
            ("_info", "info"),
            ("", ""),
        ] {
            assert_eq!(split(text).join(" "), words, "{text}");
        }
    }

    #[test]
    fn names_are_never_keywords_or_numbers() {
        for (text, name) in [
            ("type", "type_"),
            ("_info", "info"),
            ("extra", "extra_"),
            ("2faEnabled", "field_2fa_enabled"),
            ("poNumber", "po_number"),
            ("$", "field"),
            ("Self", "self_"),
        ] {
            assert_eq!(field_name(text), name);
        }
        for (text, name) in
            [("Agreement.Adjustment", "AgreementAdjustment"), ("3dModel", "Type3dModel"), ("SLA", "Sla")]
        {
            assert_eq!(type_name(text), name);
        }
    }

    #[test]
    fn file_names_are_no_windows_devices() {
        for (text, name) in
            [("Aux", "aux_"), ("com1", "com1_"), ("com", "com"), ("com10", "com10"), ("mod", "mod_")]
        {
            assert_eq!(file_name(&split(text), "model"), name);
        }
    }

    #[test]
    fn every_value_gets_its_own_variant() {
        assert_eq!(
            names(&["", "On Hold", "OnHold", "on-hold", "Other", "Self", "1099", "50%", "+", "-", "a", "A"]),
            [
                "Empty",
                "OnHold",
                "OnHoldAlt",
                "OnHoldLower",
                "OtherValue",
                "SelfValue",
                "N1099",
                "N50Percent",
                "Plus",
                "Dash",
                "A",
                "AUpper"
            ]
        );
        assert_eq!(names(&["OtherValue", "Other"]), ["OtherValue", "OtherValueAlt"]);
        assert_eq!(names(&["A&B", "a_b", "A B"]), ["AAndB", "AB", "ABUpper"]);
    }
}
