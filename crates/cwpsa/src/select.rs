//! Selects tools by catalog filters and toolsets.

use std::sync::LazyLock;

use connectwise_psa::CATALOG;
use toolcrate_executor::{ToolFilter, ToolFilterError, ToolFilterSpec, Toolsets};

/// The toolsets.
pub static SETS: LazyLock<Toolsets> = LazyLock::new(|| Toolsets::parse(include_str!("../data/toolsets.txt")));

/// Returns the filter for a tool selection.
///
/// # Errors
/// Returns an error if a module or toolset doesn't exist, or if no tool is left.
pub fn tool_filter(spec: &ToolFilterSpec) -> Result<ToolFilter, ToolFilterError> {
    ToolFilter::new(&CATALOG, spec, &SETS)
}

/// Returns true if and only if tools are selected by anything other than `read_only`.
pub fn is_narrow(spec: &ToolFilterSpec) -> bool {
    let ToolFilterSpec { classes, modules, names, toolsets, read_only: _ } = spec;
    !(classes.is_empty() && modules.is_empty() && names.is_empty() && toolsets.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::runtime::Tool;
    use toolcrate_executor::ToolClass;

    #[test]
    fn selections_narrow_the_catalog_and_are_validated() {
        let count = |spec: &ToolFilterSpec| tool_filter(spec).unwrap().tools().count();
        let of = |is_counted: fn(&Tool) -> bool| CATALOG.tools().filter(is_counted).count();
        let all = ToolFilterSpec::default;
        assert_eq!(count(&all()), CATALOG.len());
        let reads = count(&ToolFilterSpec { classes: vec![ToolClass::Read], ..all() });
        assert!(count(&ToolFilterSpec { read_only: true, ..all() }) >= reads);
        let time = ToolFilterSpec { modules: vec!["time".into()], ..all() };
        assert_eq!(count(&time), of(|tool| tool.module() == "time"));
        let notes = ToolFilterSpec { names: vec!["*_ticket_note*".into()], ..all() };
        assert!((5..40).contains(&count(&notes)));
        let error = tool_filter(&ToolFilterSpec { modules: vec!["tme".into()], ..all() }).unwrap_err();
        assert!(error.to_string().contains("time"), "{error}");
        let nothing = ToolFilterSpec { names: vec!["nothing_like_it".into()], ..all() };
        assert_eq!(tool_filter(&nothing).unwrap_err(), ToolFilterError::Empty);
        assert!(is_narrow(&nothing) && !is_narrow(&all()));
    }

    #[test]
    fn reads_with_side_effects_or_unlimited_scope_are_not_selected_by_module() {
        let allows =
            |spec: &ToolFilterSpec, tool: &str| tool_filter(spec).unwrap().allows(CATALOG.get(tool).unwrap());
        let all = ToolFilterSpec::default;
        let read_only = ToolFilterSpec { read_only: true, ..all() };
        let reads = ToolFilterSpec { classes: vec![ToolClass::Read], ..all() };
        for acting in [
            "validate_company_contact_portal_credentials",
            "test_office365_email_setup_connection_by_id",
            "test_system_googleemailsetup_connection_by_id",
            "test_reporting_service_connection_by_id",
            "test_system_ldap_configuration_link",
            "test_system_auth_anvil_connection",
            "test_system_quote_link_setup_connection",
            "test_system_mgmt_network_sec_credentials_by_id",
            "test_a_workflow_event_by_id",
        ] {
            assert!(!allows(&read_only, acting) && !allows(&reads, acting), "{acting}");
            assert!(allows(&all(), acting), "{acting}");
        }
        // No other tool with such a name is considered a read.
        let is_test = |tool: &Tool| ["test", "validate", "authorize"].contains(&tool.verb());
        let tools: Vec<&str> = CATALOG
            .tools()
            .filter(is_test)
            .filter(|tool| tool.annotations().read_only_hint)
            .map(|tool| tool.name())
            .collect();
        assert_eq!(tools, [""; 0]);
        let system = ToolFilterSpec { modules: vec!["system".into()], ..all() };
        for wide in
            ["request_a_system_bundle", "count_system_bundle_results", "get_single_system_report_by_name"]
        {
            assert!(!allows(&system, wide) && allows(&read_only, wide), "{wide}");
            let named = ToolFilterSpec { names: vec![wide.to_owned()], ..system.clone() };
            assert!(allows(&named, wide), "{wide}");
        }
        assert!(allows(&system, "list_all_system_reports"));
    }

    #[test]
    fn every_pattern_of_a_set_matches_a_tool() {
        for (set, patterns) in SETS.iter() {
            for pattern in patterns {
                let spec = ToolFilterSpec { names: vec![pattern.clone()], ..ToolFilterSpec::default() };
                assert!(ToolFilter::new(&CATALOG, &spec, &SETS).is_ok(), "{set}: {pattern}");
            }
        }
        assert!(SETS.iter().count() >= 6);
    }
}
