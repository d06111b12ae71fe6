#include "src/api/openapi/swagger_proto.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "src/api/codec/json.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::RepeatedPtrField;

// Extensions are kept apart in gnostic, with their values as YAML.
template <typename Message>
bool AddExtension(const Value::Member& member, Message* message) {
  if (!absl::StartsWith(member.key, "x-")) return false;
  openapi_v2::NamedAny* const extension = message->add_vendor_extension();
  extension->set_name(member.key);
  extension->mutable_value()->set_yaml(WriteJson(member.value, KeyOrder::kSorted) + "\n");
  return true;
}

void Unknown(const char* what, const Value::Member& member) {
  DRYDOCK_CHECK(false, "gnostic's ", what, " has no field for ", member.key);
}

void SetStrings(const Value& list, RepeatedPtrField<std::string>* strings) {
  for (const Value& item : list.items()) strings->Add(std::string(item.text()));
}

void SetSchema(const Value& tree, openapi_v2::Schema* schema) {
  for (const Value::Member& member : tree.members()) {
    const std::string& key = member.key;
    const Value& value = member.value;
    if (key == "$ref") {
      schema->set__ref(value.text());
    } else if (key == "type") {
      schema->mutable_type()->add_value(value.text());
    } else if (key == "format") {
      schema->set_format(value.text());
    } else if (key == "required") {
      SetStrings(value, schema->mutable_required());
    } else if (key == "items") {
      SetSchema(value, schema->mutable_items()->add_schema());
    } else if (key == "additionalProperties") {
      SetSchema(value, schema->mutable_additional_properties()->mutable_schema());
    } else if (key == "properties") {
      for (const Value::Member& property : value.members()) {
        openapi_v2::NamedSchema* const named =
            schema->mutable_properties()->add_additional_properties();
        named->set_name(property.key);
        SetSchema(property.value, named->mutable_value());
      }
    } else if (!AddExtension(member, schema)) {
      Unknown("Schema", member);
    }
  }
}

void SetBody(const Value& tree, openapi_v2::BodyParameter* body) {
  for (const Value::Member& member : tree.members()) {
    if (member.key == "name") {
      body->set_name(member.value.text());
    } else if (member.key == "in") {
      body->set_in(member.value.text());
    } else if (member.key == "required") {
      body->set_required(member.value.flag());
    } else if (member.key == "schema") {
      SetSchema(member.value, body->mutable_schema());
    } else {
      Unknown("BodyParameter", member);
    }
  }
}

// Query and path parameters have the same fields, under other numbers.
template <typename Parameter>
bool SetSimple(const Value::Member& member, Parameter* parameter) {
  if (member.key == "name") {
    parameter->set_name(member.value.text());
  } else if (member.key == "in") {
    parameter->set_in(member.value.text());
  } else if (member.key == "type") {
    parameter->set_type(member.value.text());
  } else if (member.key == "uniqueItems") {
    parameter->set_unique_items(member.value.flag());
  } else {
    return false;
  }
  return true;
}

void AddParameters(const Value& list, RepeatedPtrField<openapi_v2::ParametersItem>* parameters) {
  for (const Value& tree : list.items()) {
    openapi_v2::Parameter* const parameter = parameters->Add()->mutable_parameter();
    const std::string& in = tree.Find("in")->text();
    if (in == "body") {
      SetBody(tree, parameter->mutable_body_parameter());
      continue;
    }
    openapi_v2::NonBodyParameter* const simple = parameter->mutable_non_body_parameter();
    for (const Value::Member& member : tree.members()) {
      if (in == "query") {
        if (!SetSimple(member, simple->mutable_query_parameter_sub_schema())) {
          Unknown("QueryParameterSubSchema", member);
        }
      } else if (member.key == "required") {
        simple->mutable_path_parameter_sub_schema()->set_required(member.value.flag());
      } else if (!SetSimple(member, simple->mutable_path_parameter_sub_schema())) {
        Unknown("PathParameterSubSchema", member);
      }
    }
  }
}

void SetResponses(const Value& tree, openapi_v2::Responses* responses) {
  for (const Value::Member& code : tree.members()) {
    openapi_v2::NamedResponseValue* const named = responses->add_response_code();
    named->set_name(code.key);
    openapi_v2::Response* const response = named->mutable_value()->mutable_response();
    for (const Value::Member& member : code.value.members()) {
      if (member.key == "description") {
        response->set_description(member.value.text());
      } else if (member.key == "schema") {
        SetSchema(member.value, response->mutable_schema()->mutable_schema());
      } else {
        Unknown("Response", member);
      }
    }
  }
}

void SetOperation(const Value& tree, openapi_v2::Operation* operation) {
  for (const Value::Member& member : tree.members()) {
    const std::string& key = member.key;
    const Value& value = member.value;
    if (key == "tags") {
      SetStrings(value, operation->mutable_tags());
    } else if (key == "operationId") {
      operation->set_operation_id(value.text());
    } else if (key == "produces") {
      SetStrings(value, operation->mutable_produces());
    } else if (key == "consumes") {
      SetStrings(value, operation->mutable_consumes());
    } else if (key == "schemes") {
      SetStrings(value, operation->mutable_schemes());
    } else if (key == "parameters") {
      AddParameters(value, operation->mutable_parameters());
    } else if (key == "responses") {
      SetResponses(value, operation->mutable_responses());
    } else if (!AddExtension(member, operation)) {
      Unknown("Operation", member);
    }
  }
}

void SetPath(const Value& tree, openapi_v2::PathItem* path) {
  for (const Value::Member& member : tree.members()) {
    if (member.key == "get") {
      SetOperation(member.value, path->mutable_get());
    } else if (member.key == "put") {
      SetOperation(member.value, path->mutable_put());
    } else if (member.key == "post") {
      SetOperation(member.value, path->mutable_post());
    } else if (member.key == "delete") {
      SetOperation(member.value, path->mutable_delete_());
    } else if (member.key == "patch") {
      SetOperation(member.value, path->mutable_patch());
    } else if (member.key == "parameters") {
      AddParameters(member.value, path->mutable_parameters());
    } else {
      Unknown("PathItem", member);
    }
  }
}

void SetSecurity(const Value& tree, openapi_v2::SecurityDefinitions* definitions) {
  for (const Value::Member& scheme : tree.members()) {
    openapi_v2::NamedSecurityDefinitionsItem* const named =
        definitions->add_additional_properties();
    named->set_name(scheme.key);
    openapi_v2::ApiKeySecurity* const key = named->mutable_value()->mutable_api_key_security();
    for (const Value::Member& member : scheme.value.members()) {
      if (member.key == "type") {
        key->set_type(member.value.text());
      } else if (member.key == "name") {
        key->set_name(member.value.text());
      } else if (member.key == "in") {
        key->set_in(member.value.text());
      } else if (member.key == "description") {
        key->set_description(member.value.text());
      } else {
        Unknown("ApiKeySecurity", member);
      }
    }
  }
}

void AddSecurityRequirements(const Value& list, openapi_v2::Document* document) {
  for (const Value& requirement : list.items()) {
    openapi_v2::SecurityRequirement* const added = document->add_security();
    for (const Value::Member& scheme : requirement.members()) {
      openapi_v2::NamedStringArray* const named = added->add_additional_properties();
      named->set_name(scheme.key);
      SetStrings(scheme.value, named->mutable_value()->mutable_value());
    }
  }
}

}  // namespace

openapi_v2::Document ToGnostic(const Value& swagger) {
  openapi_v2::Document document;
  for (const Value::Member& member : swagger.members()) {
    const Value& value = member.value;
    if (member.key == "swagger") {
      document.set_swagger(value.text());
    } else if (member.key == "info") {
      document.mutable_info()->set_title(value.Find("title")->text());
      document.mutable_info()->set_version(value.Find("version")->text());
    } else if (member.key == "paths") {
      for (const Value::Member& path : value.members()) {
        openapi_v2::NamedPathItem* const named = document.mutable_paths()->add_path();
        named->set_name(path.key);
        SetPath(path.value, named->mutable_value());
      }
    } else if (member.key == "definitions") {
      for (const Value::Member& definition : value.members()) {
        openapi_v2::NamedSchema* const named =
            document.mutable_definitions()->add_additional_properties();
        named->set_name(definition.key);
        SetSchema(definition.value, named->mutable_value());
      }
    } else if (member.key == "securityDefinitions") {
      SetSecurity(value, document.mutable_security_definitions());
    } else if (member.key == "security") {
      AddSecurityRequirements(value, &document);
    } else {
      Unknown("Document", member);
    }
  }
  return document;
}

}  // namespace drydock::api
