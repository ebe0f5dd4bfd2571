//! Lists an operation's arguments for its catalog record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};
use toolcrate_catalog::{ArgumentLocation, ArgumentTarget, BodyFormat, FieldStyle, PathType, Relation};

use crate::naming::identifiers::capital;

/// An operation's arguments and the parts of its request.
#[derive(Default)]
pub struct ArgumentPlan<'a> {
    /// The operation's own arguments, by name.
    pub properties: Map<String, Value>,
    /// The shape with additional arguments.
    pub shape: Option<String>,
    /// The names of required arguments.
    pub required: Vec<String>,
    /// The locations of the operation's own arguments.
    pub arguments: IndexMap<Cow<'a, str>, ArgumentTarget<'a>>,
    /// The format of the request body.
    pub body: BodyFormat,
    /// The tools that list the IDs needed by arguments.
    pub relations: Vec<Relation<'a>>,
    /// The body's media type, if it isn't the default for its format.
    pub content_type: Option<&'a str>,
    /// The arguments that are required once any body property is set, if the body is optional.
    pub body_required: Option<Vec<String>>,
    /// The encodings of URL-encoded form fields.
    pub field_styles: Option<&'a BTreeMap<String, FieldStyle>>,
    /// The media types of the parts of a form with files.
    pub part_types: Option<&'a BTreeMap<String, String>>,
}

impl<'a> ArgumentPlan<'a> {
    /// Returns true if the argument `name` fills a path placeholder.
    pub fn is_in_path(&self, name: &str) -> bool {
        self.arguments.get(name).is_some_and(|target| target.location == ArgumentLocation::Path)
    }

    /// Returns `name`, preceded by `prefix` as often as needed if it is taken, by an argument or according to `is_taken`.
    pub fn free_name(&self, name: &'a str, prefix: &str, is_taken: impl Fn(&str) -> bool) -> Cow<'a, str> {
        let mut free = Cow::Borrowed(name);
        while self.properties.contains_key(&*free) || is_taken(&free) {
            free = Cow::Owned(format!("{prefix}{}", capital(&free)));
        }
        free
    }

    /// Adds an argument that isn't a parameter. If its name is taken, it gets a different one.
    pub fn add_own(&mut self, name: &'a str, location: ArgumentLocation, node: Value, required: bool) {
        self.add_own_beside(name, location, node, required, |_| false);
    }

    /// Adds an argument that isn't a parameter. If its name is taken, by an argument or according to
    /// `is_taken`, it gets a different one.
    pub fn add_own_beside(
        &mut self,
        name: &'a str,
        location: ArgumentLocation,
        node: Value,
        required: bool,
        is_taken: impl Fn(&str) -> bool,
    ) {
        let argument = self.free_name(name, "body", is_taken);
        self.properties.insert(argument.to_string(), node);
        if required {
            self.required.push(argument.to_string());
        }
        let target = target(location, name, &argument);
        self.arguments.insert(argument, target);
    }
}

/// Returns the target of `argument`, which is called `name` in the request.
pub fn target<'a>(location: ArgumentLocation, name: &'a str, argument: &str) -> ArgumentTarget<'a> {
    let name = (name != argument).then_some(Cow::Borrowed(name));
    ArgumentTarget { location, name, path_type: PathType::Integer, style: None }
}
