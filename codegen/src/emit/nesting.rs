//! Computes how deeply schemas are nested.

use std::collections::BTreeMap;

use crate::ir::{ApiDefinition, Schema, Shape, Type};

/// Returns the length of a long chain of schemas that contain each other, directly or in lists. Cycles count once.
pub fn depth(api: &ApiDefinition) -> usize {
    let numbers: BTreeMap<&str, usize> =
        api.schemas.keys().enumerate().map(|(number, name)| (name.as_str(), number)).collect();
    let targets: Vec<Vec<usize>> = api
        .schemas
        .values()
        .map(|schema| types(schema).filter_map(|ty| numbers.get(ty.innermost()?).copied()).collect())
        .collect();
    let mut seen = vec![false; targets.len()];
    let mut deepest = 0;
    for root in 0..targets.len() {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut chain = vec![targets[root].iter()];
        while let Some(open) = chain.last_mut() {
            match open.next() {
                Some(next) if !std::mem::replace(&mut seen[*next], true) => chain.push(targets[*next].iter()),
                Some(_) => {}
                None => drop(chain.pop()),
            }
            deepest = deepest.max(chain.len());
        }
    }
    deepest
}

/// Returns the types of a schema's fields or variants.
fn types(schema: &Schema) -> Box<dyn Iterator<Item = &Type> + '_> {
    match &schema.shape {
        Shape::Object(fields) => Box::new(fields.iter().map(|field| &field.ty).chain(&schema.additional)),
        Shape::Alias(ty) => Box::new(std::iter::once(ty)),
        Shape::Union(union) => Box::new(union.variants.iter().map(|variant| &variant.ty)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Field;

    #[test]
    fn longest_chain_is_measured() {
        let mut api = ApiDefinition::default();
        for (name, target) in [("A", "B"), ("B", "C"), ("C", "A"), ("D", "X")] {
            let list = Type::List(Box::new(Type::Named(target.into())));
            let shape = Shape::Object(vec![Field::new("next", list)]);
            let schema = Schema { description: String::new(), shape, additional: None, inline: false };
            api.schemas.insert(name.into(), schema);
        }
        assert_eq!(depth(&api), 3);
        assert_eq!(depth(&ApiDefinition::default()), 0);
    }
}
