//! Checks that the methods and tags that the SDKs declare as types match the catalog. `UPDATE_GOLDEN=1` updates the
//! SDKs.

use std::collections::BTreeSet;
use std::path::Path;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::dialect;

/// The words that select several methods.
const CLASSES: [&str; 3] = ["read", "write", "custom"];
const NOTE: &str =
    "Generated from the catalog; to update it, run UPDATE_GOLDEN=1 cargo test -p e2e --test it sdk_names";

fn methods() -> Vec<String> {
    let methods: BTreeSet<String> = CATALOG.tools().map(|tool| dialect::route(tool).method).collect();
    CLASSES.iter().map(|class| (*class).to_owned()).chain(methods).collect()
}

fn tags() -> Vec<String> {
    let modules = CATALOG.modules().map(str::to_owned).collect::<BTreeSet<String>>();
    let tags: BTreeSet<String> = CATALOG.tools().flat_map(|tool| tool.tags()).collect();
    modules.into_iter().chain(tags).collect()
}

fn typescript() -> String {
    let union = |words: Vec<String>| {
        words.iter().map(|word| format!("  | {}\n", serde_json::json!(word))).collect::<String>()
    };
    format!(
        "// {NOTE}\n\n/** A tool method, or `read`, `write` or `custom` to select several methods. */\nexport type ToolMethod =\n{}\n\
         /** An API module, or a tag in the API documentation. */\nexport type ToolTag =\n{}",
        union(methods()).trim_end().to_owned() + ";\n",
        union(tags()).trim_end().to_owned() + ";\n",
    )
}

fn python() -> String {
    let literal = |words: Vec<String>| {
        words.iter().map(|word| format!("    {},\n", serde_json::json!(word))).collect::<String>()
    };
    format!(
        "\"\"\"Tool methods and tags.\n\n{NOTE}\n\"\"\"\n\nfrom typing import Literal\n\n\
         #: A tool method, or `read`, `write` or `custom` to select several methods.\nToolMethod = Literal[\n{}]\n\n\
         #: An API module, or a tag in the API documentation.\nToolTag = Literal[\n{}]\n",
        literal(methods()),
        literal(tags()),
    )
}

#[test]
fn sdks_declare_the_methods_and_tags_of_the_catalog() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk");
    for (file, expected) in
        [("langchain-js/src/names.ts", typescript()), ("python/src/cwpsa_tools/names.py", python())]
    {
        let path = root.join(file);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &expected).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == expected, "{file} is out of date; UPDATE_GOLDEN=1 updates it");
    }
}
