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

TEST(RenderPlot, ShadesIntervalsAndDashesBounds) {
  const std::string svg = RenderPlot(
      {"Use",
       "load",
       "percent",
       {{"fgd", {{0, 1}, {1, 2}}, {{0.5, 1.5}, {1, 3}}}, {"bound", {{0, 2}, {1, 4}}, {}, true}}});
  EXPECT_THAT(svg, HasSubstr("<polygon class=\"band f1\""));
  EXPECT_THAT(svg, HasSubstr("<polyline class=\"bound\""));
  EXPECT_THAT(svg, Not(HasSubstr("line s2")));
}

TEST(RenderPlot, PutsALegendBelowATitleThatLeavesNoRoom) {
  const auto height = [](const std::string& title) {
    const std::string svg =
        RenderPlot({title, "x", "y", {{"one", {{0, 1}}}, {"two", {{0, 1}}}, {"three", {{0, 1}}}}});
    return svg.substr(svg.find("viewBox"), 24);
  };
  EXPECT_EQ(height("Short"), "viewBox=\"0 0 720 300\" ro");
  EXPECT_EQ(height(std::string(60, 'x')), "viewBox=\"0 0 720 318\" ro");
}

TEST(RenderIntervals, DrawsEachRowWithItsNumbersAndTheBound) {
  const std::string svg =
      RenderIntervals({"Use", "mean", {{"a&b", 90, 89.5, 90.5, 1}, {"c", 80, 80, 80, 0}}, 100});
  EXPECT_THAT(svg, HasSubstr("a&amp;b"));
  EXPECT_THAT(svg, HasSubstr("90.00 \u00b1 0.50"));
  EXPECT_THAT(svg, HasSubstr(">80.00<"));
  EXPECT_THAT(svg, HasSubstr("dot f2"));
  EXPECT_THAT(svg, HasSubstr("class=\"bound\""));
  EXPECT_THAT(RenderIntervals({"None", "x", {}, {}}), Not(HasSubstr("nan")));
}

TEST(FigureWithInterval, HasAsManyDecimalsAsFitTheSize) {
  EXPECT_EQ(FigureWithInterval(91.777, 0), "91.78");
  EXPECT_EQ(FigureWithInterval(946.93, 763.88), "946.9 \u00b1 763.9");
  EXPECT_EQ(FigureWithInterval(13881.4, 8731.6), "13881 \u00b1 8732");
  EXPECT_EQ(FigureWithInterval(-0.004, 0.0012), "-0.0040 \u00b1 0.0012");
}

TEST(StandaloneSvg, IsAFileOfItsOwn) {
  const std::string svg = StandaloneSvg(RenderPlot({"t", "x", "y", {}}));
  EXPECT_EQ(svg.find("<svg xmlns=\"http://www.w3.org/2000/svg\""), 0u);
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
}

TEST(RenderPage, EscapesWhatUsersWrote) {
  const std::string html =
      RenderPage({"<script>", "a & b", {{"1", "x\"y"}}, {}, {{"t", {"c"}, {{"<b>"}}}}});
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("a &amp; b"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;"));
}

TEST(RenderPage, HasSections) {
  Page page;
  page.sections = {{"list=<a>", "How to read it.", {}, {{"i", "x", {}, {}}}, {{"t", {"c"}, {}}}}};
  const std::string html = RenderPage(page);
  EXPECT_THAT(html, HasSubstr("<h2>list=&lt;a&gt;</h2>"));
  EXPECT_THAT(html, HasSubstr("How to read it."));
  EXPECT_THAT(html, HasSubstr("<h3>t</h3>"));
}

TEST(RenderPage, NeedsNoNetwork) {
  const std::string html = RenderPage({"t", "s", {}, {{"p", "x", "y", {}}}, {}});
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
}

}  // namespace
}  // namespace drydock::sim
