//! Models like those that a generator writes, with every kind of field.

use std::collections::BTreeMap;

use toolcrate_runtime::__private::{FieldMut, FieldRef, ModelFields, ServerFields};
use toolcrate_runtime::{
    Date, Number, OpenEnum, Timestamp, UnknownFields, Value, impl_model, impl_open_enum, impl_reference,
};

#[derive(Clone, Default)]
pub struct Order {
    pub id: Option<i32>,
    pub cancel_flag: Option<bool>,
    pub total: Option<Number>,
    pub big: Option<i64>,
    pub order_number: Option<String>,
    pub customer: Reference,
    pub parent: Option<Box<Order>>,
    pub status: Option<OrderStatus>,
    pub lines: Option<Vec<Line>>,
    pub tags: Option<Vec<String>>,
    pub statuses: Option<Vec<OrderStatus>>,
    pub matrix: Option<Vec<Vec<i32>>>,
    pub info: Option<BTreeMap<String, String>>,
    pub groups: Option<BTreeMap<String, Vec<Line>>>,
    pub free: Option<Value>,
    pub due: Option<Timestamp>,
    pub day: Option<Date>,
    pub entered_by: Option<String>,
    pub extra: UnknownFields,
}

impl ModelFields for Order {
    fn field_names(&self) -> &'static [&'static str] {
        &[
            "id",
            "cancelFlag",
            "total",
            "big",
            "orderNumber",
            "customer",
            "parent",
            "status",
            "lines",
            "tags",
            "statuses",
            "matrix",
            "info",
            "groups",
            "free",
            "due",
            "day",
            "enteredBy",
        ]
    }
    fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
        match index {
            0 => FieldMut::Integer(&mut self.id),
            1 => FieldMut::Boolean(&mut self.cancel_flag),
            2 => FieldMut::Number(&mut self.total),
            3 => FieldMut::Long(&mut self.big),
            4 => FieldMut::Text(&mut self.order_number),
            5 => FieldMut::Other(&mut self.customer),
            6 => FieldMut::Other(&mut self.parent),
            7 => FieldMut::Other(&mut self.status),
            8 => FieldMut::Other(&mut self.lines),
            9 => FieldMut::Other(&mut self.tags),
            10 => FieldMut::Other(&mut self.statuses),
            11 => FieldMut::Other(&mut self.matrix),
            12 => FieldMut::Other(&mut self.info),
            13 => FieldMut::Other(&mut self.groups),
            14 => FieldMut::Other(&mut self.free),
            15 => FieldMut::Timestamp(&mut self.due),
            16 => FieldMut::Other(&mut self.day),
            _ => FieldMut::Text(&mut self.entered_by),
        }
    }
    fn field(&self, index: usize) -> FieldRef<'_> {
        match index {
            0 => FieldRef::Integer(self.id),
            1 => FieldRef::Boolean(self.cancel_flag),
            2 => FieldRef::Number(self.total),
            3 => FieldRef::Long(self.big),
            4 => FieldRef::Text(&self.order_number),
            5 => FieldRef::Other(&self.customer),
            6 => FieldRef::Other(&self.parent),
            7 => FieldRef::Other(&self.status),
            8 => FieldRef::Other(&self.lines),
            9 => FieldRef::Other(&self.tags),
            10 => FieldRef::Other(&self.statuses),
            11 => FieldRef::Other(&self.matrix),
            12 => FieldRef::Other(&self.info),
            13 => FieldRef::Other(&self.groups),
            14 => FieldRef::Other(&self.free),
            15 => FieldRef::Timestamp(self.due),
            16 => FieldRef::Other(&self.day),
            _ => FieldRef::Text(&self.entered_by),
        }
    }
    fn unknown_fields(&self) -> &UnknownFields {
        &self.extra
    }
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.extra
    }
    fn server_fields(&self) -> ServerFields {
        ServerFields { in_body: &[0, 17], in_part: &[17] }
    }
}
impl_model!(Order);

#[derive(Clone, Default)]
pub struct Reference {
    pub id: Option<i32>,
    pub name: Option<String>,
    pub extra: UnknownFields,
}

impl ModelFields for Reference {
    fn field_names(&self) -> &'static [&'static str] {
        &["id", "name"]
    }
    fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
        match index {
            0 => FieldMut::Integer(&mut self.id),
            _ => FieldMut::Text(&mut self.name),
        }
    }
    fn field(&self, index: usize) -> FieldRef<'_> {
        match index {
            0 => FieldRef::Integer(self.id),
            _ => FieldRef::Text(&self.name),
        }
    }
    fn unknown_fields(&self) -> &UnknownFields {
        &self.extra
    }
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.extra
    }
}
impl_model!(Reference);
impl_reference!(Reference, [i32], [name]);

#[derive(Clone, Default)]
pub struct Line {
    pub description: Option<String>,
    pub quantity: Option<i32>,
    pub price: Option<Number>,
    pub extra: UnknownFields,
}

impl ModelFields for Line {
    fn field_names(&self) -> &'static [&'static str] {
        &["description", "quantity", "price"]
    }
    fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
        match index {
            0 => FieldMut::Text(&mut self.description),
            1 => FieldMut::Integer(&mut self.quantity),
            _ => FieldMut::Number(&mut self.price),
        }
    }
    fn field(&self, index: usize) -> FieldRef<'_> {
        match index {
            0 => FieldRef::Text(&self.description),
            1 => FieldRef::Integer(self.quantity),
            _ => FieldRef::Number(self.price),
        }
    }
    fn unknown_fields(&self) -> &UnknownFields {
        &self.extra
    }
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.extra
    }
}
impl_model!(Line);

#[derive(Clone, Default, PartialEq, Eq)]
pub enum OrderStatus {
    #[default]
    Open,
    InWork,
    Closed,
    Other(String),
}

impl OpenEnum for OrderStatus {
    const VALUES: &'static [&'static str] = &["Open", "In Work", "Closed"];
    fn from_index(index: usize) -> Self {
        match index {
            0 => Self::Open,
            1 => Self::InWork,
            _ => Self::Closed,
        }
    }
    fn other(text: String) -> Self {
        Self::Other(text)
    }
    fn index(&self) -> Result<usize, &str> {
        match self {
            Self::Open => Ok(0),
            Self::InWork => Ok(1),
            Self::Closed => Ok(2),
            Self::Other(text) => Err(text),
        }
    }
}
impl_open_enum!(OrderStatus);
