//! The parts of a request that contain parameters, and the styles in which parameters can be written.

/// The part of a request that contains a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum ParameterLocation {
    /// The path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// The style in which a parameter is written, as defined by OpenAPI. The variants with `Exploded` write the items of a
/// list and the properties of an object separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum ParameterStyle {
    /// `a,b` and `name,value`, in a path or a header.
    Simple,
    /// `a,b` and `name=value`, in a path or a header.
    SimpleExploded,
    /// `.a.b` and `.name.value`, in a path.
    Label,
    /// `.a.b` and `.name=value`, in a path.
    LabelExploded,
    /// `;parameter=a,b` and `;parameter=name,value`, in a path.
    Matrix,
    /// `;parameter=a;parameter=b` and `;name=value`, in a path.
    MatrixExploded,
    /// `parameter=a,b` and `parameter=name,value`, in a query or a cookie.
    Form,
    /// `parameter=a&parameter=b` and `name=value`, in a query.
    FormExploded,
    /// `parameter=a b`, in a query.
    SpaceDelimited,
    /// `parameter=a|b`, in a query.
    PipeDelimited,
    /// `parameter[name]=value`, in a query.
    DeepObject,
    /// JSON text.
    Json,
}
