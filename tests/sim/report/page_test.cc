// The report page and its plots.
#include "sim/report/page.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(NiceTicks, SpanTheRangeInRoundSteps) {
  EXPECT_THAT(NiceTicks(0, 100), ElementsAre(0, 20, 40, 60, 80, 100));
  EXPECT_THAT(NiceTicks(0, 7), ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(NiceTicks(3, 3), ElementsAre(DoubleEq(3), DoubleEq(3.2), DoubleEq(3.4), DoubleEq(3.6),
                                           DoubleEq(3.8), DoubleEq(4)));
}

TEST(RenderPlot, DrawsOneLineForEachSeries) {
  const std::string svg = RenderPlot(
      {"Pods", "minutes", "pods", {{"running", {{0, 1}, {1, 2}}}, {"pending", {{0, 3}}}}});
  EXPECT_THAT(svg, HasSubstr("class=\"line s1\""));
  EXPECT_THAT(svg, HasSubstr("class=\"line s2\""));
  EXPECT_THAT(svg, HasSubstr("running"));
}

TEST(RenderPlot, SurvivesHavingNothingToDraw) {
  EXPECT_THAT(RenderPlot({"Empty", "x", "y", {}}), Not(HasSubstr("nan")));
  EXPECT_THAT(RenderPlot({"One", "x", "y", {{"a", {{5, 0}}}}}), Not(HasSubstr("nan")));
}

TEST(RenderPage, EscapesWhatUsersWrote) {
  const std::string html =
      RenderPage({"<script>", "a & b", {{"1", "x\"y"}}, {}, {{"t", {"c"}, {{"<b>"}}}}});
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("a &amp; b"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;"));
}

TEST(RenderPage, NeedsNoNetwork) {
  const std::string html = RenderPage({"t", "s", {}, {{"p", "x", "y", {}}}, {}});
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
}

}  // namespace
}  // namespace drydock::sim
