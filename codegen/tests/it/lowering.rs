//! Lowers the two real releases, and checks the resulting types, constraints and unusual operations.

use toolcrate_codegen::config::UsageTracker;
use toolcrate_codegen::ir::{ApiDefinition, BodyKind, Content, Method, ParameterLocation, Type};
use toolcrate_codegen::{load, lower, repair};
use toolcrate_testing::specs::{self, RELEASES, release_path};

use crate::support::settings;

fn lower_release(release: &str) -> ApiDefinition {
    let (profile, _) = settings();
    let document = load::load(&release_path(release)).unwrap();
    lower::lower(repair::repair(document).unwrap(), &profile, &UsageTracker::new()).unwrap().api
}

#[test]
fn lowering_loses_nothing() {
    for release in RELEASES {
        let (document, api) = (specs::parse_release(release), lower_release(release));
        assert_eq!(api.operations.len(), specs::count_operations(&document));
        let named = api.schemas.values().filter(|schema| !schema.inline).count();
        assert_eq!(named, specs::count_schemas(&document));
        assert!(
            api.operations
                .values()
                .all(|operation| operation.parameters_in(ParameterLocation::Header).next().is_none())
        );
    }
}

#[test]
fn unusual_operations_are_classified() {
    let api = lower_release("2025.1");
    let find = |method, path: &str| {
        api.operations.values().find(|o| o.method == method && o.spec_path == path).unwrap()
    };
    let upload = find(Method::Post, "/system/documents");
    assert_eq!(upload.body.as_ref().map(|body| body.kind), Some(BodyKind::Multipart));
    let pdf = find(Method::Get, "/finance/invoices/{id}/pdf");
    assert_eq!(pdf.response.content, Content::Binary);
    assert_eq!(pdf.response.media_type.as_deref(), Some("application/pdf"));
    let image = find(Method::Get, "/system/members/{id}/image");
    assert_eq!(image.response.content, Content::Binary);
    assert!(
        image.parameters_in(ParameterLocation::Query).any(|parameter| parameter.name == "useDefaultFlag")
    );
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
fn constraints_are_parsed_from_descriptions() {
    let api = lower_release("2025.1");
    let fields = api.schemas["PurchaseOrder"].fields();
    let number = fields.iter().find(|field| field.name == "poNumber").unwrap();
    assert_eq!(number.limits.max_length, Some(50));
    assert!(number.limits.required_on_replace);
    assert_eq!(number.description, "");
    assert_eq!(fields[0].name, "id");
}
