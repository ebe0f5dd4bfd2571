//! The arguments of an operation, as its record lists them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};
use toolcrate_catalog::{ArgumentLocation, ArgumentTarget, BodyFormat, FieldStyle, PathType, Relation};

use crate::naming::identifiers::capital;

/// The arguments of an operation and the parts of its request.
#[derive(Default)]
pub struct ArgumentPlan<'a> {
    /// Own arguments, by name.
    pub properties: Map<String, Value>,
    /// The shape of further arguments.
    pub shape: Option<String>,
    /// Names of required arguments.
    pub required: Vec<String>,
    /// Where own arguments go.
    pub arguments: IndexMap<Cow<'a, str>, ArgumentTarget<'a>>,
    /// The form of the request body.
    pub body: BodyFormat,
    /// The tools that list the IDs which arguments need.
    pub relations: Vec<Relation<'a>>,
    /// The media type of the body, where it is not that of its format.
    pub content_type: Option<&'a str>,
    /// The arguments that are required once any member of the body is given, where it may be left out.
    pub body_required: Option<Vec<String>>,
    /// How members of a URL-encoded form are written.
    pub field_styles: Option<&'a BTreeMap<String, FieldStyle>>,
    /// The media types of the parts of a form with files.
    pub part_types: Option<&'a BTreeMap<String, String>>,
}

impl<'a> ArgumentPlan<'a> {
    /// Returns true if the argument `name` fills a placeholder of the path.
    pub fn is_in_path(&self, name: &str) -> bool {
        self.arguments.get(name).is_some_and(|target| target.location == ArgumentLocation::Path)
    }

    /// Adds an argument that is not a parameter. If its name is taken, it gets another one.
    pub fn add_own(&mut self, name: &'a str, location: ArgumentLocation, node: Value, required: bool) {
        self.add_own_beside(name, location, node, required, |_| false);
    }

    /// Adds an argument that is not a parameter. If its name is taken, by an argument or according to
    /// `is_taken`, it gets another one.
    pub fn add_own_beside(
        &mut self,
        name: &'a str,
        location: ArgumentLocation,
        node: Value,
        required: bool,
        is_taken: impl Fn(&str) -> bool,
    ) {
        let mut argument = name.to_owned();
        while self.properties.contains_key(&argument) || is_taken(&argument) {
            argument = format!("body{}", capital(&argument));
        }
        self.properties.insert(argument.clone(), node);
        let target = target(location, name, &argument);
        self.arguments.insert(Cow::Owned(argument.clone()), target);
        if required {
            self.required.push(argument);
        }
    }
}

/// The target of `argument`, which is called `name` there.
pub fn target<'a>(location: ArgumentLocation, name: &'a str, argument: &str) -> ArgumentTarget<'a> {
    let name = (name != argument).then_some(Cow::Borrowed(name));
    ArgumentTarget { location, name, path_type: PathType::Integer, style: None }
}
