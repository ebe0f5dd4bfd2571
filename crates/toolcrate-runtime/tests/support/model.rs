//! Models as a generator would write them, with every kind of member.

use std::collections::BTreeMap;

use toolcrate_runtime::{Choice, Extra, Slot, Table, Value, View, choice, table};

#[derive(Clone, Default)]
pub struct Order {
    pub id: Option<i32>,
    pub cancel_flag: Option<bool>,
    pub total: Option<f64>,
    pub big: Option<i64>,
    pub order_number: Option<String>,
    pub customer: Option<Reference>,
    pub parent: Option<Box<Order>>,
    pub status: Option<OrderStatus>,
    pub lines: Option<Vec<Line>>,
    pub tags: Option<Vec<String>>,
    pub statuses: Option<Vec<OrderStatus>>,
    pub matrix: Option<Vec<Vec<i32>>>,
    pub info: Option<BTreeMap<String, String>>,
    pub groups: Option<BTreeMap<String, Vec<Line>>>,
    pub free: Option<Value>,
    pub extra: Extra,
}

impl Table for Order {
    fn names(&self) -> &'static [&'static str] {
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
        ]
    }
    fn slot(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => Slot::Integer(&mut self.id),
            1 => Slot::Boolean(&mut self.cancel_flag),
            2 => Slot::Number(&mut self.total),
            3 => Slot::Long(&mut self.big),
            4 => Slot::Text(&mut self.order_number),
            5 => Slot::Other(&mut self.customer),
            6 => Slot::Other(&mut self.parent),
            7 => Slot::Other(&mut self.status),
            8 => Slot::Other(&mut self.lines),
            9 => Slot::Other(&mut self.tags),
            10 => Slot::Other(&mut self.statuses),
            11 => Slot::Other(&mut self.matrix),
            12 => Slot::Other(&mut self.info),
            13 => Slot::Other(&mut self.groups),
            _ => Slot::Other(&mut self.free),
        }
    }
    fn view(&self, index: usize) -> View<'_> {
        match index {
            0 => View::Integer(self.id),
            1 => View::Boolean(self.cancel_flag),
            2 => View::Number(self.total),
            3 => View::Long(self.big),
            4 => View::Text(&self.order_number),
            5 => View::Other(&self.customer),
            6 => View::Other(&self.parent),
            7 => View::Other(&self.status),
            8 => View::Other(&self.lines),
            9 => View::Other(&self.tags),
            10 => View::Other(&self.statuses),
            11 => View::Other(&self.matrix),
            12 => View::Other(&self.info),
            13 => View::Other(&self.groups),
            _ => View::Other(&self.free),
        }
    }
    fn extra(&self) -> &Extra {
        &self.extra
    }
    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}
table!(Order);

#[derive(Clone, Default)]
pub struct Reference {
    pub id: Option<i32>,
    pub name: Option<String>,
    pub extra: Extra,
}

impl Table for Reference {
    fn names(&self) -> &'static [&'static str] {
        &["id", "name"]
    }
    fn slot(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => Slot::Integer(&mut self.id),
            _ => Slot::Text(&mut self.name),
        }
    }
    fn view(&self, index: usize) -> View<'_> {
        match index {
            0 => View::Integer(self.id),
            _ => View::Text(&self.name),
        }
    }
    fn extra(&self) -> &Extra {
        &self.extra
    }
    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}
table!(Reference);

#[derive(Clone, Default)]
pub struct Line {
    pub description: Option<String>,
    pub quantity: Option<i32>,
    pub price: Option<f64>,
    pub extra: Extra,
}

impl Table for Line {
    fn names(&self) -> &'static [&'static str] {
        &["description", "quantity", "price"]
    }
    fn slot(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => Slot::Text(&mut self.description),
            1 => Slot::Integer(&mut self.quantity),
            _ => Slot::Number(&mut self.price),
        }
    }
    fn view(&self, index: usize) -> View<'_> {
        match index {
            0 => View::Text(&self.description),
            1 => View::Integer(self.quantity),
            _ => View::Number(self.price),
        }
    }
    fn extra(&self) -> &Extra {
        &self.extra
    }
    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}
table!(Line);

#[derive(Clone, Default, PartialEq, Eq)]
pub enum OrderStatus {
    #[default]
    Open,
    InWork,
    Closed,
    Other(String),
}

impl Choice for OrderStatus {
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
choice!(OrderStatus);
