//! Schemas in the JSON that `terraform providers schema -json` prints.

use serde_json::{Map, Value as Json, json};

use crate::schema::{
    Attribute, Block, BlockNesting, Body, Description, Kind, NestedObject, Nesting, Schema,
};

/// A schema as `terraform providers schema -json` prints it.
#[must_use]
pub fn schema_json(schema: &Schema) -> Json {
    json!({ "version": schema.version, "block": body(&schema.body) })
}

fn body(body: &Body) -> Json {
    let mut printed = Map::new();
    if !body.attributes.is_empty() {
        printed.insert("attributes".to_owned(), attributes(&body.attributes));
    }
    if !body.blocks.is_empty() {
        let blocks = body
            .blocks
            .iter()
            .map(|(name, inner)| (name.clone(), block(inner)));
        printed.insert("block_types".to_owned(), Json::Object(blocks.collect()));
    }
    describe(&mut printed, &body.description);
    flag(&mut printed, "deprecated", body.deprecated.is_some());
    Json::Object(printed)
}

fn block(block: &Block) -> Json {
    let nesting = match block.nesting {
        BlockNesting::Single => "single",
        BlockNesting::List => "list",
        BlockNesting::Set => "set",
        BlockNesting::Map => "map",
        BlockNesting::Group => "group",
    };
    let mut printed = Map::new();
    printed.insert("nesting_mode".to_owned(), Json::from(nesting));
    printed.insert("block".to_owned(), body(&block.body));
    for (name, count) in [
        ("min_items", block.min_items),
        ("max_items", block.max_items),
    ] {
        if count != 0 {
            printed.insert(name.to_owned(), Json::from(count));
        }
    }
    Json::Object(printed)
}

fn attributes(attributes: &[(String, Attribute)]) -> Json {
    let printed = attributes
        .iter()
        .map(|(name, inner)| (name.clone(), attribute(inner)));
    Json::Object(printed.collect())
}

fn attribute(attribute: &Attribute) -> Json {
    let mut printed = Map::new();
    match &attribute.kind {
        Kind::Plain(ty) => printed.insert("type".to_owned(), ty.to_json()),
        Kind::Nested(inner) => printed.insert("nested_type".to_owned(), nested(inner)),
    };
    describe(&mut printed, &attribute.description);
    let flags = attribute.flags;
    flag(&mut printed, "deprecated", attribute.deprecated.is_some());
    flag(&mut printed, "required", flags.required);
    flag(&mut printed, "optional", flags.optional);
    flag(&mut printed, "computed", flags.computed);
    flag(&mut printed, "sensitive", flags.sensitive);
    flag(&mut printed, "write_only", flags.write_only);
    Json::Object(printed)
}

fn nested(nested: &NestedObject) -> Json {
    let nesting = match nested.nesting {
        Nesting::Single => "single",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    json!({ "attributes": attributes(&nested.attributes), "nesting_mode": nesting })
}

fn describe(printed: &mut Map<String, Json>, description: &Description) {
    if !description.text.is_empty() {
        printed.insert(
            "description".to_owned(),
            Json::from(description.text.clone()),
        );
    }
    let kind = if description.markdown {
        "markdown"
    } else {
        "plain"
    };
    printed.insert("description_kind".to_owned(), Json::from(kind));
}

/// Terraform leaves out flags that are false.
fn flag(printed: &mut Map<String, Json>, name: &str, is_set: bool) {
    if is_set {
        printed.insert(name.to_owned(), Json::Bool(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn a_schema_is_printed_as_by_terraform() {
        let schema = Schema::new()
            .deprecated("Use the other one.")
            .attribute("id", Attribute::string().optional().computed())
            .attribute(
                "user",
                Attribute::list(Type::object([("id", Type::String)])).computed(),
            )
            .attribute(
                "auth",
                Attribute::nested(
                    Nesting::Single,
                    [(
                        "key",
                        Attribute::string().required().sensitive().markdown("`key`"),
                    )],
                )
                .optional(),
            )
            .block(
                "oauth",
                Block::new(BlockNesting::List)
                    .max_items(1)
                    .attribute("pool", Attribute::string().required()),
            );
        insta::assert_snapshot!(schema_json(&schema), @r#"{"block":{"attributes":{"auth":{"description_kind":"plain","nested_type":{"attributes":{"key":{"description":"`key`","description_kind":"markdown","required":true,"sensitive":true,"type":"string"}},"nesting_mode":"single"},"optional":true},"id":{"computed":true,"description_kind":"plain","optional":true,"type":"string"},"user":{"computed":true,"description_kind":"plain","type":["list",["object",{"id":"string"}]]}},"block_types":{"oauth":{"block":{"attributes":{"pool":{"description_kind":"plain","required":true,"type":"string"}},"description_kind":"plain"},"max_items":1,"nesting_mode":"list"}},"deprecated":true,"description_kind":"plain"},"version":0}"#);
    }
}
