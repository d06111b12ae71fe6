// Kubernetes' errors: texts, codes, and the way there and back.
#include "src/api/status.h"

#include "gtest/gtest.h"

namespace drydock::api {
namespace {

TEST(Status, TextsAreThoseOfKubernetes) {
  EXPECT_EQ(NotFound("", "pods", "web-0").message(), "pods \"web-0\" not found");
  EXPECT_EQ(NotFound("apps", "deployments", "web").message(), "deployments.apps \"web\" not found");
  EXPECT_EQ(AlreadyExists("", "pods", "web-0").message(), "pods \"web-0\" already exists");
  EXPECT_EQ(Conflict("", "pods", "web-0", "it has changed").message(),
            "Operation cannot be fulfilled on pods \"web-0\": it has changed");
  EXPECT_EQ(Forbidden("", "pods", "", "no").message(), "pods is forbidden: no");
  EXPECT_EQ(MethodNotSupported("", "pods", "jump").message(),
            "jump is not supported on resources of kind \"pods\"");
  EXPECT_EQ(InternalError("broken").message(), "Internal error occurred: broken");
}

TEST(Status, InvalidNamesEachFieldOnce) {
  const StatusCause name{"FieldValueRequired", "Required value", "spec.containers[0].name"};
  const StatusCause image{"FieldValueRequired", "Required value", "spec.containers[0].image"};
  EXPECT_EQ(Invalid("", "Pod", "web-0", {name}).message(),
            "Pod \"web-0\" is invalid: spec.containers[0].name: Required value");
  EXPECT_EQ(Invalid("", "Pod", "web-0", {name, image, name}).message(),
            "Pod \"web-0\" is invalid: [spec.containers[0].name: Required value, "
            "spec.containers[0].image: Required value]");
}

TEST(Status, EveryReasonHasItsCode) {
  EXPECT_EQ(HttpCodeOf(absl::OkStatus()), 200);
  EXPECT_EQ(HttpCodeOf(BadRequest("x")), 400);
  EXPECT_EQ(HttpCodeOf(Forbidden("", "pods", "a", "x")), 403);
  EXPECT_EQ(HttpCodeOf(NotFound("", "pods", "a")), 404);
  EXPECT_EQ(HttpCodeOf(MethodNotSupported("", "pods", "x")), 405);
  EXPECT_EQ(HttpCodeOf(Conflict("", "pods", "a", "x")), 409);
  EXPECT_EQ(HttpCodeOf(Expired("x")), 410);
  EXPECT_EQ(HttpCodeOf(Invalid("", "Pod", "a", {})), 422);
  EXPECT_EQ(HttpCodeOf(TooManyRequests("x", 1)), 429);
  EXPECT_EQ(HttpCodeOf(InternalError("x")), 500);
  EXPECT_EQ(HttpCodeOf(MakeStatus("ServiceUnavailable", "x", {})), 503);
  EXPECT_EQ(HttpCodeOf(Timeout("x")), 504);
  EXPECT_EQ(HttpCodeOf(absl::UnavailableError("x")), 503);
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), "NotFound");
}

TEST(Status, NothingIsLostOnTheWayThroughAnApiObject) {
  StatusDetails details{.name = "web-0", .group = "apps", .kind = "deployments", .uid = "u"};
  details.causes = {{"FieldValueInvalid", "bad", "spec"}};
  details.retry_after_seconds = 3;
  const absl::Status error = MakeStatus("Conflict", "no", details);
  const absl::Status back = FromMetaStatus(ToMetaStatus(error));
  EXPECT_EQ(back.code(), error.code());
  EXPECT_EQ(back.message(), "no");
  EXPECT_EQ(ReasonOf(back), "Conflict");
  EXPECT_EQ(DetailsOf(back).uid, "u");
  EXPECT_EQ(DetailsOf(back).causes.at(0).field, "spec");
  EXPECT_EQ(DetailsOf(back).retry_after_seconds, 3);
  EXPECT_EQ(ToMetaStatus(back).SerializeAsString(), ToMetaStatus(error).SerializeAsString());
}

TEST(Status, AForeignStatusKeepsItsCode) {
  metav1::Status foreign;
  foreign.set_status("Failure");
  foreign.set_code(404);
  foreign.set_reason("SomethingNew");
  EXPECT_TRUE(api::IsNotFound(FromMetaStatus(foreign)));
  EXPECT_EQ(ReasonOf(FromMetaStatus(foreign)), "SomethingNew");
}

TEST(Status, ABrokenConnectionLeavesTheOutcomeOpen) {
  EXPECT_TRUE(IsOutcomeUnknown(absl::UnavailableError("reset")));
  EXPECT_TRUE(IsOutcomeUnknown(absl::DeadlineExceededError("late")));
  EXPECT_TRUE(IsOutcomeUnknown(Timeout("late")));
  EXPECT_FALSE(IsOutcomeUnknown(MakeStatus("ServiceUnavailable", "x", {})));
  EXPECT_FALSE(IsOutcomeUnknown(Conflict("", "pods", "a", "x")));
}

}  // namespace
}  // namespace drydock::api
