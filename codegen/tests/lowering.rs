//! The two real releases, lowered: types, constraints and the odd operations come out as they should.

use std::path::PathBuf;

use toolcrate_codegen::config::{self, Ledger, Profile};
use toolcrate_codegen::ir::{BodyKind, Content, Method, Place, Type};
use toolcrate_codegen::lower::Lowered;
use toolcrate_codegen::{load, lower, repair};

fn lowered(release: &str) -> Lowered {
    let specs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let profile: Profile = config::read_yaml(&specs.join("toolcrate.yaml")).unwrap();
    let document = load::load(&specs.join(format!("connectwise-psa-{release}.json"))).unwrap();
    lower::lower(repair::repair(document).unwrap(), &profile, &Ledger::new()).unwrap()
}

#[test]
fn nothing_is_lost() {
    for (release, operations, schemas) in [("2022.1", 2814, 771), ("2025.1", 3053, 825)] {
        let api = lowered(release).api;
        assert_eq!(api.operations.len(), operations);
        assert_eq!(api.schemas.values().filter(|schema| !schema.inline).count(), schemas);
        assert!(
            api.operations.iter().all(|operation| operation.parameters_in(Place::Header).next().is_none())
        );
    }
}

#[test]
fn odd_operations_are_understood() {
    let api = lowered("2025.1").api;
    let find = |method, path: &str| {
        api.operations.iter().find(|o| o.method == method && o.spec_path == path).unwrap()
    };
    let upload = find(Method::Post, "/system/documents");
    assert_eq!(upload.body.as_ref().map(|body| body.kind), Some(BodyKind::Multipart));
    let pdf = find(Method::Get, "/finance/invoices/{id}/pdf");
    assert_eq!(pdf.response.content, Content::Binary);
    assert_eq!(pdf.response.media_type.as_deref(), Some("application/pdf"));
    let image = find(Method::Get, "/system/members/{id}/image");
    assert_eq!(image.response.content, Content::Binary);
    assert!(image.parameters_in(Place::Query).any(|parameter| parameter.name == "useDefaultFlag"));
    let bulk = find(Method::Delete, "/procurement/purchaseorders/{parentId}/lineitems/bulk");
    assert_eq!(bulk.response.statuses, [207]);
    assert_eq!(bulk.body.as_ref().map(|body| body.ty.clone()), Some(Type::Named("IdCollection".into())));
    let update = find(Method::Patch, "/procurement/purchaseorders/{id}");
    let body = update.body.as_ref().unwrap();
    assert_eq!((body.kind, &body.ty), (BodyKind::Patch, &Type::Named("PurchaseOrder".into())));
    let delete = find(Method::Delete, "/service/tickets/{id}");
    assert_eq!(delete.response.content, Content::None);
}

#[test]
fn constraints_come_out_of_the_prose() {
    let api = lowered("2025.1").api;
    let fields = api.schemas["PurchaseOrder"].fields();
    let number = fields.iter().find(|field| field.name == "poNumber").unwrap();
    assert_eq!(number.limits.max_length, Some(50));
    assert!(number.limits.required_on_replace);
    assert_eq!(number.description, "");
    assert_eq!(fields[0].name, "id");
}
